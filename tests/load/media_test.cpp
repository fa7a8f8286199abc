// What a client sends looks like media to a server, and what it counts is right.
#include <vector>

#include <gmock/gmock.h>

#include "forwarding/payload_descriptor.hpp"
#include "load/media/histogram.hpp"
#include "load/media/inbound_stream.hpp"
#include "load/media/ledger.hpp"
#include "load/media/mark.hpp"
#include "load/media/synthetic.hpp"

namespace parley::load {
namespace {

using namespace std::chrono_literals;
using forwarding::Bytes;

constexpr Time kStart{1h};

class Collected final : public PayloadSink {
 public:
  struct Packet {
    std::vector<std::uint8_t> bytes;
    std::uint32_t timestamp;
    bool marker;
  };
  void on_payload(const Payload& payload) override {
    packets.push_back(
        {{payload.bytes.begin(), payload.bytes.end()}, payload.timestamp, payload.marker});
  }
  std::vector<Packet> packets;
};

bool is_keyframe(const std::vector<std::uint8_t>& payload) {
  return forwarding::read_descriptor(media::CodecName::Vp8, payload).starts_keyframe;
}

TEST(Mark, IsReadAsItWasWritten) {
  std::vector<std::uint8_t> payload(100, 1);
  const Mark mark{0x12345678, 77, kStart + 5ns};
  write_mark(payload, mark);
  EXPECT_EQ(read_mark(payload), mark);
}

TEST(Mark, IsNotFoundInOtherPayloads) {
  EXPECT_EQ(read_mark(std::vector<std::uint8_t>(100, 1)), std::nullopt);
  EXPECT_EQ(read_mark(std::vector<std::uint8_t>(3, 1)), std::nullopt);
}

TEST(SyntheticVideo, BeginsWithAKeyframeAndMakesOneWhenAsked) {
  SyntheticVideo video({30, 2, 500}, kStart);
  Collected out;
  for (int frame = 0; frame < 4; ++frame) {
    if (frame == 3) video.request_keyframe();
    video.produce(video.due(), out);
  }
  ASSERT_EQ(out.packets.size(), 8u);
  std::vector<bool> keyframes;
  for (std::size_t i = 0; i < out.packets.size(); i += 2)
    keyframes.push_back(is_keyframe(out.packets[i].bytes));
  EXPECT_THAT(keyframes, testing::ElementsAre(true, false, false, true));
  EXPECT_FALSE(is_keyframe(out.packets[1].bytes)) << "only a frame's first packet begins it";
}

TEST(SyntheticVideo, HasAFramesTimestampAndMarkerOnItsPackets) {
  SyntheticVideo video({30, 3, 500}, kStart);
  Collected out;
  video.produce(kStart, out);
  video.produce(video.due(), out);
  ASSERT_EQ(out.packets.size(), 6u);
  EXPECT_EQ(out.packets[2].timestamp, 0u);
  EXPECT_EQ(out.packets[3].timestamp, 3000u);
  EXPECT_TRUE(out.packets[2].marker);
  EXPECT_FALSE(out.packets[3].marker);
}

TEST(SyntheticVideo, KeepsItsRateOverShortDelaysAndMakesNoBurstAfterLongOnes) {
  SyntheticVideo video({50, 1, 500}, kStart);
  Collected out;
  video.produce(kStart + 15ms, out);
  EXPECT_EQ(video.due(), kStart + 20ms);
  video.produce(kStart + 5s, out);
  EXPECT_EQ(video.due(), kStart + 5s + 20ms);
}

TEST(SyntheticAudio, HasTwentyMillisecondsAPacket) {
  SyntheticAudio audio({}, kStart);
  Collected out;
  audio.produce(kStart, out);
  audio.produce(audio.due(), out);
  EXPECT_EQ(audio.due(), kStart + 40ms);
  EXPECT_EQ(out.packets[1].timestamp, 960u);
}

TEST(AudioLevel, LetsOneOfARoomSpeakAtATime) {
  for (int turn = 0; turn < 6; ++turn) {
    int speaking = 0;
    for (std::size_t i = 0; i < 3; ++i)
      speaking += audio_level(i, 3, kStart + turn * 5s) < 127 ? 1 : 0;
    EXPECT_EQ(speaking, 1);
  }
}

TEST(Histogram, TellsPercentilesToTwoPercent) {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.add(i * 10us);
  EXPECT_NEAR(static_cast<double>(histogram.percentile(0.5).count()), 5e6, 1e5);
  EXPECT_NEAR(static_cast<double>(histogram.percentile(0.99).count()), 9.9e6, 2e5);
  EXPECT_EQ(histogram.percentile(1), 10ms);
  EXPECT_EQ(histogram.max(), 10ms);
}

TEST(Histogram, OfNothingIsZeroAndOfTheSmallestAndLargestHolds) {
  Histogram histogram;
  EXPECT_EQ(histogram.percentile(0.5), 0ns);
  histogram.add(-1ms);
  histogram.add(1h);
  EXPECT_EQ(histogram.count(), 2u);
  EXPECT_EQ(histogram.max(), 1h);
}

TEST(Histogram, MergesToTheSumOfBoth) {
  Histogram one, other;
  one.add(1ms);
  other.add(3ms);
  one.merge(other);
  EXPECT_EQ(one.count(), 2u);
  EXPECT_EQ(one.max(), 3ms);
}

TEST(Ledger, CountsEachNumberOnce) {
  Ledger ledger;
  EXPECT_TRUE(ledger.add(10));
  EXPECT_TRUE(ledger.add(13));
  EXPECT_FALSE(ledger.add(13));
  EXPECT_TRUE(ledger.add(11));
  EXPECT_FALSE(ledger.add(11));
  EXPECT_EQ(ledger.count(), 3u);
  EXPECT_EQ(ledger.missing(), 1u);
}

TEST(Ledger, ForgetsWhatIsTooOldToTell) {
  Ledger ledger;
  ledger.add(0);
  ledger.add(5 * Ledger::kReach);
  EXPECT_FALSE(ledger.add(1));
  EXPECT_TRUE(ledger.add(5 * Ledger::kReach - 1));
  EXPECT_TRUE(ledger.add(6 * Ledger::kReach)) << "places in the ring are taken anew";
  EXPECT_TRUE(ledger.add(6 * Ledger::kReach - 1));
}

class InboundStreamTest : public testing::Test {
 protected:
  InboundStream::Arrival receive(std::uint16_t sequence, Duration at) {
    return stream.on_packet(sequence, sequence * 960U, kStart + at, window, true);
  }
  InboundStream stream{1, media::Kind::Video, 48'000};
  Window window;
};

TEST_F(InboundStreamTest, AsksForWhatIsMissingAndNotForWhatCame) {
  receive(65534, 0ms);
  receive(2, 20ms);
  std::array<std::uint16_t, 16> missing{};
  ASSERT_EQ(stream.collect_nacks(kStart + 21ms, missing), 3u);
  EXPECT_THAT(std::vector(missing.begin(), missing.begin() + 3), testing::ElementsAre(65535, 0, 1));
  receive(0, 30ms);
  EXPECT_EQ(stream.collect_nacks(kStart + 200ms, missing), 2u);
}

TEST_F(InboundStreamTest, ReportsLossOfTheInterval) {
  for (std::uint16_t i = 0; i < 100; ++i)
    if (i % 4 != 1) receive(i, i * 20ms);
  const auto block = stream.report(kStart + 2s);
  EXPECT_EQ(block.lost, 25);
  EXPECT_EQ(block.fraction_lost, 64);
  EXPECT_EQ(block.highest, 99u);
  EXPECT_EQ(block.jitter, 0u);
  receive(100, 2s);
  EXPECT_EQ(stream.report(kStart + 3s).fraction_lost, 0);
}

TEST_F(InboundStreamTest, MeasuresWithinTheWindowAndLetsLatePacketsFillItsGaps) {
  window.open(kStart + 10ms, kStart + 30ms);
  receive(1, 0ms);
  receive(2, 10ms);
  receive(4, 20ms);
  receive(5, 40ms);
  receive(3, 50ms);
  EXPECT_EQ(stream.measured().count(), 3u);
  EXPECT_EQ(stream.measured().missing(), 0u);
}

}  // namespace
}  // namespace parley::load
