// A subscriber without a network.
#include "forwarding/local_subscriber.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "forwarding/loss_watch.hpp"
#include "tests/forwarding/support/simulcast.hpp"

namespace parley::forwarding::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A publisher of three layers, and a local subscriber to it.
struct LocalCall : SimulcastCall {
  [[nodiscard]] std::vector<RtpPacket> taken() const {
    std::vector<RtpPacket> packets;
    for (const Buffer& bytes : egress.rtp) packets.push_back(RtpPacket::parse(bytes).value());
    return packets;
  }
  [[nodiscard]] std::vector<int> layers_taken() const {
    std::vector<int> row;
    for (const RtpPacket& packet : taken())
      if (row.empty() || row.back() != packet.payload[7]) row.push_back(packet.payload[7]);
    return row;
  }

  FakeEgress egress;
  LocalSubscriber local{egress, media::Kind::Video, 4242};
};

void expect_one_row(const std::vector<RtpPacket>& packets) {
  ASSERT_FALSE(packets.empty());
  for (std::size_t i = 1; i < packets.size(); ++i)
    EXPECT_EQ(packets[i].sequence, static_cast<std::uint16_t>(packets[i - 1].sequence + 1)) << i;
}

TEST(LocalSubscriber, TakesATrackUnderItsOwnSsrcAndPayloadType) {
  LocalCall call;
  call.local.attach(*call.track, call.now);
  call.run(1s);
  for (const RtpPacket& packet : call.taken()) {
    EXPECT_EQ(packet.ssrc, 4242u);
    EXPECT_EQ(packet.payload_type, local_payload_type(media::CodecName::Vp8));
  }
  expect_one_row(call.taken());
  EXPECT_TRUE(Vp8Frame(call.taken().front()).keyframe);
  EXPECT_TRUE(call.egress.rtcp.empty());
}

TEST(LocalSubscriber, CountsAsATakerOfTheLayerItGets) {
  LocalCall call;
  call.local.set_max_layer("h", call.now);
  call.local.attach(*call.track, call.now);
  call.run(1s);
  EXPECT_EQ(call.layers_taken().back(), 1);
  EXPECT_EQ(call.track->layers()[1].subscribers, 1u);
  EXPECT_EQ(call.track->layers()[2].subscribers, 0u);
}

TEST(LocalSubscriber, GoesOnInOneRowOverChangesOfLayerAndOfPublisher) {
  LocalCall call;
  call.local.set_max_layer("q", call.now);
  call.local.attach(*call.track, call.now);
  call.run(1s);
  call.local.set_max_layer("", call.now);
  call.run(1s);
  EXPECT_THAT(call.layers_taken(), ElementsAre(0, 2));
  const auto newest = call.taken().back();

  SimulcastCall other;
  other.now = call.now;
  call.local.attach(*other.track, other.now);
  other.run(1s);
  expect_one_row(call.taken());
  EXPECT_TRUE(static_cast<std::int32_t>(call.taken().back().timestamp - newest.timestamp) > 0);
  EXPECT_EQ(call.track->layers()[2].subscribers, 0u);
}

TEST(LocalSubscriber, AsksForKeyframesAtTheStartAndOnRequest) {
  LocalCall call;
  call.run(1s);
  EXPECT_THAT(call.requests, IsEmpty());
  call.local.attach(*call.track, call.now);
  call.run(500ms);
  EXPECT_THAT(call.requests, Contains(33u));
  call.requests.clear();
  call.local.request_keyframe(call.now);
  call.run(500ms);
  EXPECT_THAT(call.requests, Contains(33u));
}

TEST(LocalSubscriber, OutlivesItsTrack) {
  LocalCall call;
  call.local.attach(*call.track, call.now);
  call.run(200ms);
  call.publisher.peer.remove_track(call.track->key());
  EXPECT_EQ(call.local.stats().state, SendState::Empty);
  call.local.request_keyframe(call.now);
  call.local.detach();
}

TEST(LossWatch, TellsOnceOfWhatDidNotComeInTime) {
  LossWatch watch;
  EXPECT_FALSE(watch.on_packet(65534, kStart));
  EXPECT_FALSE(watch.on_packet(1, kStart + 10ms)) << "65535 and 0 may still come";
  EXPECT_FALSE(watch.on_packet(0, kStart + 100ms));
  EXPECT_TRUE(watch.on_packet(2, kStart + 400ms)) << "65535 did not";
  EXPECT_FALSE(watch.on_packet(3, kStart + 800ms));
}

TEST(LossWatch, ForgetsWhatWasRecovered) {
  LossWatch watch;
  EXPECT_FALSE(watch.on_packet(10, kStart));
  EXPECT_FALSE(watch.on_packet(13, kStart));
  EXPECT_FALSE(watch.on_packet(12, kStart + 50ms));
  EXPECT_FALSE(watch.on_packet(11, kStart + 60ms));
  EXPECT_FALSE(watch.on_packet(14, kStart + 2s));
}

}  // namespace
}  // namespace parley::forwarding::test
