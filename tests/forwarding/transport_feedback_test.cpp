// Transport-wide feedback: what is told about arrivals, how it is written and read.
#include "forwarding/congestion/transport_feedback.hpp"

#include <map>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "forwarding/congestion/arrival_recorder.hpp"
#include "forwarding/sequence.hpp"
#include "tests/forwarding/support/calls.hpp"

namespace parley::forwarding::test {
namespace {

using congestion::ArrivalRecorder;
using congestion::TransportFeedback;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Message = std::array<std::uint8_t, ArrivalRecorder::kMaxMessage>;

/// What the sender makes of the messages: when each number came, none where it did not.
struct Told {
  std::map<std::int64_t, std::optional<Time>> packets;
  std::vector<std::size_t> sizes;
  std::int64_t newest = 0;

  void read(Bytes fci) {
    const auto feedback = TransportFeedback::parse(fci).value();
    sizes.push_back(fci.size());
    const std::int64_t base = unwrap(feedback.base(), newest);
    feedback.for_each([&](std::uint16_t offset, std::optional<congestion::ArrivalTicks> ticks) {
      newest = base + offset;
      auto& told = packets[newest];
      if (!ticks) return;
      const std::int64_t reference = feedback.reference() * congestion::kReferenceTicks;
      told = Time((reference + *ticks) * congestion::kArrivalTick);
    });
  }
  void take(ArrivalRecorder& recorder, Time now) {
    Message message;
    for (std::size_t size = recorder.write(message); size > 0; size = recorder.write(message))
      read(Bytes(message).first(size));
    recorder.end(now);
  }
  [[nodiscard]] std::vector<std::int64_t> missing() const {
    std::vector<std::int64_t> numbers;
    for (const auto& [number, at] : packets)
      if (!at) numbers.push_back(number);
    return numbers;
  }
};

TEST(TransportFeedback, TellsWhichPacketsCameAndWhen) {
  ArrivalRecorder recorder;
  Told told;
  Time now = kStart;
  for (std::uint16_t number = 100; number < 120; ++number, now += 7ms)
    if (number != 103 && number != 110) recorder.on_packet(number, 1000, now);
  told.take(recorder, now);
  EXPECT_THAT(told.missing(), ElementsAre(103, 110));
  for (const auto& [number, at] : told.packets) {
    if (!at) continue;
    EXPECT_LT(kStart + (number - 100) * 7ms - *at, congestion::kArrivalTick);
  }
}

TEST(TransportFeedback, HoldsForAnyLossReorderingAndPauses) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    ArrivalRecorder recorder;
    Told told;
    told.newest = static_cast<std::uint16_t>(random());
    const std::int64_t first = told.newest;
    std::map<std::int64_t, Time> truth;
    Time now = kStart + std::chrono::hours(random() % 1000);
    const auto loss = random() % 90;
    for (std::int64_t number = first; number < first + 3000; ++number) {
      now += std::chrono::microseconds(random() % 20000);
      if (random() % 300 == 0) now += std::chrono::milliseconds(random() % 20000);
      const std::int64_t reordered = number + static_cast<int>(random() % 5);
      if (random() % 100 >= loss && truth.emplace(reordered, now).second)
        recorder.on_packet(static_cast<std::uint16_t>(reordered), 1000, now);
      if (random() % 50 == 0) told.take(recorder, now);
    }
    told.take(recorder, now);
    for (const auto& [number, at] : truth) {
      const auto found = told.packets.find(number);
      ASSERT_TRUE(found != told.packets.end() && found->second) << seed << ": " << number;
      // The reference time wraps after twelve days.
      const Duration wrap = congestion::kArrivalTick * congestion::kReferenceTicks * (1 << 24);
      const Duration error = (at - *found->second) % wrap;
      ASSERT_LT(error, congestion::kArrivalTick);
      ASSERT_GE(error, Duration{});
    }
    for (const auto& [number, at] : told.packets) ASSERT_EQ(at.has_value(), truth.contains(number));
  }
}

TEST(TransportFeedback, OfManyPacketsIsSplitIntoMessagesThatFit) {
  ArrivalRecorder recorder;
  Told told;
  Time now = kStart;
  for (std::uint16_t number = 0; number < 1000; ++number)
    recorder.on_packet(number, 1000, now += (number % 2 == 0 ? 1ms : 100ms));
  told.take(recorder, now);
  EXPECT_THAT(told.packets, SizeIs(1000));
  EXPECT_THAT(told.sizes, SizeIs(4));
}

TEST(TransportFeedback, CorrectsWhatCameAfterItWasToldMissing) {
  ArrivalRecorder recorder;
  Told told;
  recorder.on_packet(1, 100, kStart);
  recorder.on_packet(3, 100, kStart + 1ms);
  told.take(recorder, kStart + 50ms);
  EXPECT_THAT(told.missing(), ElementsAre(2));
  recorder.on_packet(2, 100, kStart + 60ms);
  told.take(recorder, kStart + 100ms);
  EXPECT_THAT(told.missing(), IsEmpty());
}

TEST(TransportFeedback, StartsOverWhenTheNumbersJump) {
  ArrivalRecorder recorder;
  recorder.on_packet(1, 100, kStart);
  recorder.on_packet(30000, 100, kStart + 1ms);
  Message message;
  const std::size_t size = recorder.write(message);
  const auto feedback = TransportFeedback::parse(Bytes(message).first(size)).value();
  EXPECT_EQ(feedback.base(), 30000);
  EXPECT_EQ(feedback.count(), 1);
}

TEST(TransportFeedback, IsDueMoreOftenTheMoreComes) {
  const auto messages_in_a_second = [](Duration between, std::size_t bytes) {
    ArrivalRecorder recorder;
    std::uint16_t number = 0;
    int count = 0;
    Message message;
    for (Duration at{}; at < 3s; at += 1ms) {
      if (at % between == 0ms) recorder.on_packet(++number, bytes, kStart + at);
      if (!recorder.due(kStart + at)) continue;
      while (recorder.write(message) > 0) {
      }
      recorder.end(kStart + at);
      count += at >= 2s ? 1 : 0;
    }
    return count;
  };
  EXPECT_NEAR(messages_in_a_second(20ms, 100), 5, 1) << "sound alone";
  EXPECT_NEAR(messages_in_a_second(5ms, 1000), 20, 2);
}

TEST(TransportFeedback, ThatPromisesMoreThanItHoldsIsRefused) {
  const auto refused = [](Buffer fci) { return !TransportFeedback::parse(fci).has_value(); };
  EXPECT_FALSE(refused({0, 1, 0, 1, 0, 0, 0, 0, 0x20, 1, 9, 0}));
  EXPECT_TRUE(refused({0, 1, 0, 1, 0, 0, 0, 0})) << "no chunk";
  EXPECT_TRUE(refused({0, 1, 0, 0, 0, 0, 0, 0, 0x20, 1, 9, 0})) << "no packet";
  EXPECT_TRUE(refused({0, 1, 0, 3, 0, 0, 0, 0, 0x20, 3, 9, 9})) << "a delta short";
  EXPECT_TRUE(refused({0, 1, 0, 9, 0, 0, 0, 0, 0x00, 3, 0, 0})) << "chunks for three of nine";
  EXPECT_TRUE(refused({0, 1, 0, 1, 0, 0, 0, 0, 0x60, 1, 9, 9})) << "a reserved symbol";
  EXPECT_TRUE(refused({0, 1, 0, 1, 0, 0, 0, 0, 0x20, 0, 9, 9})) << "an empty run";
  EXPECT_TRUE(refused({0, 1, 0}));
}

// --- from a Peer ---

constexpr std::uint8_t kNumberId = 3;

/// Reads and forgets the transport-wide feedback a Peer has sent.
struct AtPublisher : Feedback {
  explicit AtPublisher(TestPeer& peer) {
    for (const Buffer& compound : peer.egress.rtcp) rtcp::read(compound, *this);
    peer.egress.rtcp.clear();
  }
  void on_transport_feedback(Bytes fci) override { told.read(fci); }
  Told told;
};

media::Receive line_with_feedback() {
  media::Receive line = receive_line("v", vp8(), kSource, kSourceRtx);
  line.transport_cc = true;
  line.extensions.set(media::Extension::TransportCc, kNumberId);
  return line;
}

Buffer numbered(Rtp packet, std::uint8_t number) {
  packet.extensions.push_back({kNumberId, {0, number}});
  return packet.to_bytes();
}

TEST(TransportFeedback, OfAPeerCoversMediaRepairPaddingAndUnknownSources) {
  VideoCall call(line_with_feedback());
  Rtp packet = VideoCall::video(1);
  call.publisher.take(numbered(packet, 1), call.now);
  packet.sequence = 3;
  call.publisher.take(numbered(packet, 2), call.now);
  Rtp padding = VideoCall::video(4);
  padding.payload.clear();
  padding.padding = 100;
  call.publisher.take(numbered(padding, 3), call.now);
  Rtp repair = VideoCall::video(1);
  repair.ssrc = kSourceRtx;
  repair.payload_type = kVp8Rtx;
  call.publisher.take(numbered(repair, 4), call.now);
  Rtp stranger = VideoCall::video(1);
  stranger.ssrc = 77;
  stranger.payload_type = 77;
  call.publisher.take(numbered(stranger, 6), call.now);
  call.wait(10ms);
  const AtPublisher at(call.publisher);
  EXPECT_THAT(at.told.packets, SizeIs(6));
  EXPECT_THAT(at.told.missing(), ElementsAre(5));
}

TEST(TransportFeedback, OfAPeerTakesThePlaceOfRemb) {
  VideoCall call(line_with_feedback());
  for (std::uint8_t i = 0; i < 100; ++i) {
    call.publisher.take(numbered(VideoCall::video(i), i), call.now);
    call.wait(10ms);
  }
  call.wait(200ms);
  const AtPublisher at(call.publisher);
  EXPECT_THAT(at.told.packets, SizeIs(100));
  EXPECT_THAT(at.bitrates, IsEmpty());
}

TEST(TransportFeedback, IsNotSentWhereItWasNotNegotiated) {
  VideoCall call;
  for (std::uint8_t i = 0; i < 100; ++i) {
    call.publisher.take(numbered(VideoCall::video(i), i), call.now);
    call.wait(10ms);
  }
  const AtPublisher at(call.publisher);
  EXPECT_THAT(at.told.packets, IsEmpty());
  EXPECT_FALSE(at.bitrates.empty());
}

TEST(TransportNumbers, AreOneRowOverAllThatASubscriberGets) {
  VideoCall call;
  media::Send line = send_line("slot", vp8(), kSlot, kSlotRtx);
  line.transport_cc = true;
  line.extensions.set(media::Extension::TransportCc, kNumberId);
  call.subscriber.peer.set_send(line);
  media::Send other = line;
  other.mid = "other";
  other.ssrc = 3000;
  other.rtx_ssrc = 3001;
  call.subscriber.peer.set_send(other).attach(*call.track, call.now);
  call.attach();
  for (int i = 0; i < 3; ++i) call.send(i == 0);
  call.ask_again(call.received().back().sequence);
  std::vector<int> numbers;
  for (const RtpPacket& packet : call.received()) {
    const Bytes number = find_extension(packet, kNumberId);
    ASSERT_EQ(number.size(), 2U);
    numbers.push_back(read_u16(number, 0));
    EXPECT_TRUE(find_extension(packet, 11).empty()) << "abs-send-time serves nobody then";
  }
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3, 4, 5, 6, 7));
}

}  // namespace
}  // namespace parley::forwarding::test
