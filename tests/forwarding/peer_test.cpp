#include "forwarding/peer.hpp"

#include <gtest/gtest.h>

#include "tests/forwarding/support/peers.hpp"

namespace parley::forwarding::test {
namespace {

TEST(Peer, APacketOfATrackReachesItsSubscriberUnderTheSlotsOwnNames) {
  TestPeer publisher(1);
  TestPeer subscriber(2);
  Track& track = publisher.peer.add_track(7, media::Kind::Audio);
  publisher.peer.set_receive(receive_line("a", opus(), 1000), 7);
  subscriber.peer.set_send(send_line("slot", opus(63), 2000)).attach(track, kStart);

  Rtp packet{.sequence = 500, .timestamp = 960, .ssrc = 1000, .payload = {7, 8, 9}};
  publisher.take(packet.to_bytes(), kStart);

  ASSERT_EQ(subscriber.egress.rtp.size(), 1U);
  const auto sent = RtpPacket::parse(subscriber.egress.rtp[0]).value();
  EXPECT_EQ(sent.ssrc, 2000U);
  EXPECT_EQ(sent.payload_type, 63);
  EXPECT_EQ(Buffer(sent.payload.begin(), sent.payload.end()), packet.payload);
  EXPECT_EQ(publisher.observer.codecs.at(0), std::pair(TrackKey{7}, media::CodecName::Opus));
}

}  // namespace
}  // namespace parley::forwarding::test
