#include "forwarding/send_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "forwarding/ntp.hpp"
#include "tests/forwarding/support/calls.hpp"

namespace parley::forwarding::test {
namespace {

using ::testing::ElementsAre;

TEST(SendStream, BeginsWithAKeyframe) {
  VideoCall call;
  EXPECT_EQ(call.slot->state(), SendState::Empty);
  call.attach();
  call.send(false);
  EXPECT_EQ(call.slot->state(), SendState::Waiting);
  EXPECT_TRUE(call.received().empty());
  call.send(true);
  call.send(false);
  EXPECT_EQ(call.slot->state(), SendState::Flowing);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 1));
}

TEST(SendStream, SendsNothingUntilTheEgressIsReady) {
  VideoCall call;
  call.subscriber.egress.set_ready(false);
  call.attach();
  call.send(true);
  call.send(false);
  EXPECT_TRUE(call.received().empty());
  EXPECT_EQ(call.slot->state(), SendState::Waiting);
  call.subscriber.egress.set_ready(true);
  call.send(false);
  EXPECT_TRUE(call.received().empty()) << "in the middle of a picture";
  call.send(true);
  EXPECT_EQ(call.received().size(), 1U);
}

TEST(SendStream, KeepsGapsOfTheSourceAndTheirPlacesForLatePackets) {
  VideoCall call;
  call.attach();
  call.send(10, true);
  call.send(12, false);
  call.send(11, false);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 2, 1));
}

TEST(SendStream, ClosesTheGapOfPadding) {
  VideoCall call;
  call.attach();
  call.send(10, true);
  Rtp padding = VideoCall::video(11);
  padding.payload.clear();
  padding.padding = 200;
  call.publisher.take(padding.to_bytes(), call.now);
  call.send(12, false);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 1));
}

TEST(SendStream, FillsTheGapOfPaddingThatCameLateWithAnEmptyPacket) {
  VideoCall call;
  call.attach();
  call.send(10, true);
  call.send(12, false);
  Rtp padding = VideoCall::video(11);
  padding.payload.clear();
  padding.padding = 200;
  call.publisher.take(padding.to_bytes(), call.now);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 2, 1));
  EXPECT_TRUE(call.received().back().payload.empty());
}

TEST(SendStream, WritesItsOwnExtensionsAndStripsTheRest) {
  TestPeer publisher(1);
  TestPeer subscriber(2);
  Track& track = publisher.peer.add_track(kTrack, media::Kind::Audio);
  publisher.peer.set_receive(receive_line("their-mid", opus(), kSource), kTrack);
  const media::Send line = send_line("our-mid", opus(), kSlot);
  subscriber.peer.set_send(line).attach(track, kStart);
  Rtp packet{.ssrc = kSource};
  packet.extensions = {{1, {0x85}}, {2, {1, 2, 3}}, {4, {'x'}}, {5, {1}}, {6, {'h'}}, {14, {9}}};
  publisher.take(packet.to_bytes(), kStart);

  const auto sent = RtpPacket::parse(subscriber.egress.rtp.at(0)).value();
  const ExtensionValues values(sent, line.extensions);
  const auto text = [&](media::Extension e) {
    const Bytes value = values.get(e);
    return std::string(value.begin(), value.end());
  };
  EXPECT_EQ(text(media::Extension::Mid), "our-mid");
  EXPECT_EQ(text(media::Extension::AudioLevel), "\x85");
  EXPECT_EQ(text(media::Extension::VideoOrientation), "\x01");
  EXPECT_EQ(read_u24(values.get(media::Extension::AbsSendTime), 0), abs_send_time(kStart));
  // Four elements with their headers and nothing else: no rid, nothing unknown.
  EXPECT_EQ(sent.extensions.size(), (1 + 7 + 1 + 1 + 1 + 1 + 1 + 3 + 3) / 4 * 4U);
}

TEST(SendStream, KeepsADependencyDescriptorThatTellsNothingToItself) {
  VideoCall call;
  call.attach();
  Rtp packet = VideoCall::video(10);
  packet.payload = vp8_payload(true);
  packet.extensions = {{8, Buffer(60, 0xab)}};
  call.publisher.take(packet.to_bytes(), call.now);
  const ExtensionValues values(call.received().at(0), call.slot->description().extensions);
  EXPECT_TRUE(values.get(media::Extension::DependencyDescriptor).empty());
  EXPECT_FALSE(values.get(media::Extension::Mid).empty());
}

TEST(SendStream, CountsPacketsThatDoNotFit) {
  VideoCall call;
  call.attach();
  call.send(10, true);
  Rtp packet = VideoCall::video(11);
  packet.payload = vp8_payload(false, 1455);
  call.publisher.take(packet.to_bytes(), call.now);
  EXPECT_EQ(call.received().size(), 1U);
  EXPECT_EQ(call.slot->stats().too_large, 1U);
}

TEST(SendStream, GoesOnWithoutAGapAfterAPause) {
  VideoCall call;
  call.attach();
  call.send(true);
  call.send(false);
  call.slot->set_paused(true, call.now);
  EXPECT_EQ(call.slot->state(), SendState::Paused);
  for (int i = 0; i < 50; ++i) call.send(false);
  call.slot->set_paused(false, call.now);
  EXPECT_EQ(call.slot->state(), SendState::Waiting);
  call.send(false);
  call.send(true);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 1, 2));
  const auto packets = call.received();
  EXPECT_EQ(packets[2].timestamp - packets[1].timestamp, 52U * 3000)
      << "the source's own time passed";
}

TEST(SendStream, AskedTwiceToCarryATrackCarriesItOnce) {
  VideoCall call;
  call.attach();
  call.send(true);
  call.attach();
  call.send(false);
  EXPECT_EQ(call.slot->state(), SendState::Flowing);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 1));
}

TEST(SendStream, OneTrackCanBeOnTwoSlots) {
  VideoCall call;
  call.attach();
  call.subscriber.peer.set_send(send_line("other", vp8(), 3000)).attach(*call.track, call.now);
  call.send(true);
  const auto packets = call.received();
  ASSERT_EQ(packets.size(), 2U);
  EXPECT_EQ(packets[0].ssrc, kSlot);
  EXPECT_EQ(packets[1].ssrc, 3000U);
}

TEST(SendStream, IsEmptyAfterDetachAndAfterTheTrackIsGone) {
  VideoCall call;
  call.attach();
  call.send(true);
  call.slot->detach();
  EXPECT_EQ(call.slot->state(), SendState::Empty);
  call.send(true);
  EXPECT_EQ(call.received().size(), 1U);
  call.attach();
  call.publisher.peer.remove_track(kTrack);
  EXPECT_EQ(call.slot->state(), SendState::Empty);
  call.slot->set_paused(true, call.now);
  call.ask_again(call.received()[0].sequence);
  call.wait(1s);
}

TEST(SendStream, CarriesTheNextTrackUnderTheSameNames) {
  VideoCall call;
  call.attach();
  for (int i = 0; i < 3; ++i) call.send(i == 0);
  call.wait(500ms);

  TestPeer other(3);
  Track& next = other.peer.add_track(9, media::Kind::Video);
  other.peer.set_receive(receive_line("v", vp8(120, 121), 50), 9);
  call.slot->attach(next, call.now);
  call.send(false);
  Rtp packet{.payload_type = 120,
             .sequence = 60000,
             .timestamp = 5,
             .ssrc = 50,
             .payload = vp8_payload(true)};
  other.take(packet.to_bytes(), call.now);
  packet.sequence = 60001;
  packet.timestamp = 3005;
  packet.payload = vp8_payload(false);
  other.take(packet.to_bytes(), call.now + 33ms);

  EXPECT_THAT(call.numbers(), ElementsAre(0, 1, 2, 3, 4));
  const auto packets = call.received();
  for (const RtpPacket& sent : packets) {
    EXPECT_EQ(sent.ssrc, kSlot);
    EXPECT_EQ(sent.payload_type, kVp8);
  }
  const double gap = (packets[3].timestamp - packets[2].timestamp) / 90.0;
  EXPECT_NEAR(gap, 500, 40) << "half a second passed";
  EXPECT_EQ(packets[4].timestamp - packets[3].timestamp, 3000U);
}

TEST(SendStream, SoundOfTheNextTrackBeginsWhereTheLastOnesEnds) {
  TestPeer first(1);
  TestPeer second(2);
  TestPeer subscriber(3);
  Track& one = first.peer.add_track(1, media::Kind::Audio);
  Track& two = second.peer.add_track(2, media::Kind::Audio);
  first.peer.set_receive(receive_line("a", opus(), 10), 1);
  second.peer.set_receive(receive_line("a", opus(), 20), 2);
  SendStream& slot = subscriber.peer.set_send(send_line("slot", opus(), kSlot));

  slot.attach(one, kStart);
  first.take(Rtp{.sequence = 1, .timestamp = 7000, .ssrc = 10}.to_bytes(), kStart);
  slot.attach(two, kStart);
  for (std::uint16_t i = 0; i < 4; ++i) {
    const Rtp packet{.sequence = i, .timestamp = i * 960U, .ssrc = 20};
    second.take(packet.to_bytes(), kStart + 5ms + i * 20ms);
  }
  ASSERT_EQ(subscriber.egress.rtp.size(), 4U) << "the first would have overlapped";
  const auto before = RtpPacket::parse(subscriber.egress.rtp[0]).value();
  const auto after = RtpPacket::parse(subscriber.egress.rtp[1]).value();
  EXPECT_EQ(after.sequence, static_cast<std::uint16_t>(before.sequence + 1));
  EXPECT_EQ(after.timestamp - before.timestamp, 48U * 25);
}

TEST(SendStream, WaitsWhileTheCodecIsOneTheSubscriberLacks) {
  auto line = receive_line("v", vp8(), kSource);
  line.codecs.push_back(h264());
  VideoCall call(line);
  call.attach();
  call.send(10, true);
  Rtp other = VideoCall::video(11);
  other.payload_type = kH264;
  other.payload = {0x65, 1, 2};
  call.publisher.take(other.to_bytes(), call.now);
  EXPECT_EQ(call.slot->state(), SendState::CodecUnsupported);
  call.send(12, false);
  EXPECT_EQ(call.slot->state(), SendState::Waiting) << "that codec again, but no keyframe yet";
  call.send(13, true);
  EXPECT_EQ(call.slot->state(), SendState::Flowing);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 1));
}

TEST(SendStream, CarriesAnotherCodecOfTheSameTrackFromItsKeyframeOn) {
  auto line = receive_line("v", vp8(), kSource);
  line.codecs.push_back(h264());
  VideoCall call(line);
  auto both = send_line("slot", vp8(), kSlot, kSlotRtx);
  both.codecs.push_back(h264(44, 45));
  call.subscriber.peer.set_send(both);
  call.attach();
  call.send(10, true);
  Rtp other = VideoCall::video(11);
  other.payload_type = kH264;
  other.payload = {0x61, 1, 2};
  call.publisher.take(other.to_bytes(), call.now);
  EXPECT_EQ(call.received().size(), 1U);
  other.sequence = 12;
  other.payload = {0x67, 1, 2};
  call.publisher.take(other.to_bytes(), call.now);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 1));
  EXPECT_EQ(call.received()[1].payload_type, 44);
}

TEST(SendStream, AnMLineThePeerRejectedTakesNothing) {
  VideoCall call;
  auto rejected = send_line("slot", vp8(), kSlot);
  rejected.codecs.clear();
  call.subscriber.peer.set_send(rejected);
  call.attach();
  call.send(true);
  EXPECT_TRUE(call.received().empty());
  EXPECT_EQ(call.slot->state(), SendState::CodecUnsupported);
}

// --- retransmission ---

TEST(Retransmission, RepeatsALostPacketAsRtx) {
  VideoCall call;
  call.attach();
  call.send(true);
  call.send(false);
  const RtpPacket lost = call.received()[1];
  const Buffer payload(lost.payload.begin(), lost.payload.end());
  const std::uint32_t timestamp = lost.timestamp;
  const std::uint16_t number = lost.sequence;
  call.ask_again(number);
  ASSERT_EQ(call.received().size(), 3U);
  const RtpPacket repair = call.received()[2];
  EXPECT_EQ(repair.ssrc, kSlotRtx);
  EXPECT_EQ(repair.payload_type, kVp8Rtx);
  EXPECT_EQ(repair.timestamp, timestamp);
  EXPECT_EQ(read_u16(repair.payload, 0), number);
  EXPECT_EQ(Buffer(repair.payload.begin() + 2, repair.payload.end()), payload);
  EXPECT_EQ(call.slot->stats().retransmitted, 1U);
  EXPECT_EQ(call.slot->stats().packets, 2U);
}

TEST(Retransmission, RepeatsThePacketItselfWhereRtxWasNotNegotiated) {
  VideoCall call;
  call.slot = &call.subscriber.peer.set_send(send_line("plain", vp8(), 3000));
  call.attach();
  call.send(true);
  const std::uint16_t number = call.received()[0].sequence;
  call.subscriber.peer.on_rtcp(
      rtcp_packet([&](rtcp::Writer& writer) { writer.nack(1, 3000, std::array{number}); }),
      call.now);
  ASSERT_EQ(call.received().size(), 2U);
  EXPECT_EQ(call.received()[1].ssrc, 3000U);
  EXPECT_EQ(call.received()[1].sequence, number);
}

TEST(Retransmission, HappensOncePerRoundTrip) {
  VideoCall call;
  call.attach();
  call.send(true);
  const std::uint16_t number = call.received()[0].sequence;
  for (int i = 0; i < 5; ++i) call.ask_again(number);
  EXPECT_EQ(call.slot->stats().retransmitted, 1U);
  call.now += RttEstimator::kInitial;
  call.ask_again(number);
  EXPECT_EQ(call.slot->stats().retransmitted, 2U);
  EXPECT_EQ(call.slot->stats().nacks, 6U);
}

TEST(Retransmission, IsBoundedByWhatIsSentAnyway) {
  VideoCall call;
  call.attach();
  call.send(true);
  for (int i = 0; i < 400; ++i) call.send(false);
  const std::uint16_t first = call.received()[0].sequence;
  for (int round = 0; round < 100; ++round) {
    call.now += RttEstimator::kInitial / 10;
    for (std::uint16_t i = 0; i < 400; ++i) call.ask_again(static_cast<std::uint16_t>(first + i));
  }
  // 401 packets of about 55 bytes, and the 64 KiB that a new stream may begin with.
  EXPECT_LT(call.slot->stats().retransmitted, (64 * 1024 + 401 * 30) / 42U + 10);
  EXPECT_GT(call.slot->stats().retransmitted, 400U);
}

TEST(Retransmission, KnowsNothingOfTheSourceBefore) {
  VideoCall call;
  call.attach();
  call.send(true);
  const std::uint16_t number = call.received()[0].sequence;
  call.slot->detach();
  call.attach();
  call.ask_again(number);
  call.send(true);
  call.ask_again(number);
  EXPECT_EQ(call.slot->stats().retransmitted, 0U);
}

TEST(Retransmission, IgnoresNumbersNeverSent) {
  VideoCall call;
  call.attach();
  call.send(true);
  const std::uint16_t number = call.received()[0].sequence;
  for (const int offset : {1, 100, 30000, -1, -100})
    call.ask_again(static_cast<std::uint16_t>(number + offset));
  EXPECT_EQ(call.received().size(), 1U);
}

// --- ownership ---

TEST(FanOut, OutlivesItsTrackAndForwardsNothing) {
  auto call = std::make_unique<VideoCall>();
  call->attach();
  call->send(true);
  const std::shared_ptr<FanOut> fan_out = call->track->fan_out();
  call->publisher.peer.remove_track(kTrack);
  fan_out->forward(VideoCall::video(200).to_bytes(), call->now);
  call.reset();
  fan_out->forward(VideoCall::video(201).to_bytes(), kStart);
}

TEST(FanOut, IgnoresWhatIsNoPacketOfTheTrack) {
  VideoCall call;
  call.attach();
  call.send(true);
  Rtp stranger = VideoCall::video(300);
  stranger.ssrc = 5;
  call.track->fan_out()->forward(stranger.to_bytes(), call.now);
  call.track->fan_out()->forward(Buffer{1, 2, 3}, call.now);
  call.track->fan_out()->forward({}, call.now);
  EXPECT_EQ(call.received().size(), 1U);
}

TEST(Peer, MayGoBeforeThoseItIsLinkedTo) {
  TestPeer audience(5);
  SendStream& slot = audience.peer.set_send(send_line("slot", vp8(), 9000));
  {
    VideoCall call;
    slot.attach(*call.track, call.now);
    call.attach();
    call.send(true);
    EXPECT_EQ(slot.state(), SendState::Flowing);
  }
  EXPECT_EQ(slot.state(), SendState::Empty);
  VideoCall call;
  {
    TestPeer passing(6);
    passing.peer.set_send(send_line("slot", vp8(), 9100)).attach(*call.track, call.now);
  }
  call.send(true);
}

}  // namespace
}  // namespace parley::forwarding::test
