#include "forwarding/peer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/forwarding/support/calls.hpp"

namespace parley::forwarding::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Buffer text(std::string_view value) {
  return {value.begin(), value.end()};
}

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

TEST(Peer, AnMLineThatEndedSendsNothingAndTheOthersGoOn) {
  TestPeer publisher(1);
  TestPeer subscriber(2);
  Track& track = publisher.peer.add_track(7, media::Kind::Audio);
  publisher.peer.set_receive(receive_line("a", opus(), 1000), 7);
  subscriber.peer.set_send(send_line("0", opus(63), 2000)).attach(track, kStart);
  subscriber.peer.set_send(send_line("1", opus(63), 2001)).attach(track, kStart);
  subscriber.peer.remove_send("0");
  subscriber.peer.remove_send("nothing");
  subscriber.peer.tick(kStart);

  Rtp packet{.sequence = 500, .timestamp = 960, .ssrc = 1000, .payload = {7, 8, 9}};
  publisher.take(packet.to_bytes(), kStart);
  ASSERT_EQ(subscriber.egress.rtp.size(), 1U);
  EXPECT_EQ(RtpPacket::parse(subscriber.egress.rtp[0])->ssrc, 2001U);
  EXPECT_EQ(subscriber.peer.find_send("0"), nullptr);
}

// --- whose packet is it? ---

class Demux : public ::testing::Test {
 protected:
  // Two cameras that share a payload type, and a microphone.
  Demux() {
    peer.peer.add_track(1, media::Kind::Video);
    peer.peer.add_track(2, media::Kind::Video);
    peer.peer.add_track(3, media::Kind::Audio);
    peer.peer.set_receive(receive_line("v1", vp8(), 0), 1);
    peer.peer.set_receive(receive_line("v2", vp8(), 0), 2);
    peer.peer.set_receive(receive_line("a", opus(), 0), 3);
  }
  /// The key of the track a packet went to, 0 for none.
  TrackKey take(const Rtp& packet) {
    const Track* track = peer.take(packet.to_bytes(), kStart).track;
    return track == nullptr ? 0 : track->key();
  }
  static Rtp video(std::uint32_t ssrc, std::uint16_t number = 1) {
    Rtp packet = VideoCall::video(number);
    packet.ssrc = ssrc;
    return packet;
  }

  TestPeer peer{1};
};

TEST_F(Demux, GoesByTheAnnouncedSsrc) {
  peer.peer.set_receive(receive_line("v1", vp8(), 11), 1);
  peer.peer.set_receive(receive_line("v2", vp8(), 22), 2);
  EXPECT_EQ(take(video(22)), 2U);
  EXPECT_EQ(take(video(11)), 1U);
}

TEST_F(Demux, GoesByTheMidAndRemembersTheSsrc) {
  Rtp packet = video(77);
  packet.extensions = {{4, text("v2")}};
  EXPECT_EQ(take(packet), 2U);
  EXPECT_EQ(take(video(77, 2)), 2U);
}

TEST_F(Demux, GoesByAPayloadTypeThatOnlyOneLineHas) {
  EXPECT_EQ(take(Rtp{.ssrc = 5}), 3U);
  EXPECT_EQ(take(video(6)), 0U) << "either camera could have sent it";
  EXPECT_EQ(peer.peer.unknown_packets(), 1U);
}

TEST_F(Demux, WhereSsrcsAreAllThereIsAPayloadTypeSaysNothing) {
  peer.peer.remove_receive("v2");
  media::Receive only = receive_line("v1", vp8(), 11);
  only.any_ssrc = false;
  peer.peer.set_receive(only, 1);
  EXPECT_EQ(take(video(22)), 0U) << "of a producer that was replaced, say";
  EXPECT_EQ(take(video(11)), 1U);
}

TEST_F(Demux, DropsWhatNoDescriptionKnows) {
  Rtp packet = video(77);
  packet.extensions = {{4, text("v9")}};
  EXPECT_EQ(take(packet), 0U);
  EXPECT_EQ(take(Rtp{.payload_type = 20, .ssrc = 5}), 0U);
  EXPECT_EQ(take(Rtp{.ssrc = 6}), 3U);
  EXPECT_EQ(take(Rtp{.payload_type = 20, .sequence = 1, .ssrc = 6}), 0U) << "not its m-line's";
  Buffer junk{1, 2, 3};
  EXPECT_EQ(peer.take(junk, kStart).track, nullptr);
  EXPECT_EQ(peer.peer.unknown_packets(), 4U);
}

TEST_F(Demux, AReusedLineForgetsWhoWasOnIt) {
  peer.peer.set_receive(receive_line("v1", vp8(), 11), 1);
  EXPECT_EQ(take(video(11)), 1U);
  peer.peer.remove_receive("v1");
  EXPECT_EQ(take(video(11, 2)), 2U) << "now only one line has the payload type";
  peer.peer.set_receive(receive_line("v1", vp8(), 11), 1);
  peer.peer.set_receive(receive_line("v2", vp8(), 11), 3);
  peer.peer.remove_receive("v1");
  EXPECT_EQ(take(video(11, 3)), 3U);
}

TEST_F(Demux, ATrackThatWasRemovedGetsNothing) {
  peer.peer.set_receive(receive_line("v1", vp8(), 11), 1);
  EXPECT_EQ(take(video(11)), 1U);
  peer.peer.remove_track(1);
  EXPECT_EQ(peer.peer.find_track(1), nullptr);
  EXPECT_EQ(take(video(11, 2)), 0U);
  peer.peer.add_track(1, media::Kind::Video);
  EXPECT_EQ(take(video(11, 3)), 1U);
}

TEST_F(Demux, KnowsABoundedNumberOfSourcesAndReplacesSilentOnes) {
  const auto audio = [](std::uint32_t ssrc, std::uint16_t number) {
    return Rtp{.sequence = number, .ssrc = ssrc};
  };
  for (std::uint32_t ssrc = 1; ssrc <= 64; ++ssrc) EXPECT_EQ(take(audio(ssrc, 1)), 3U) << ssrc;
  EXPECT_EQ(take(audio(65, 1)), 0U);
  EXPECT_NE(peer.take(audio(1, 2).to_bytes(), kStart + 5s).track, nullptr);
  EXPECT_NE(peer.take(audio(65, 1).to_bytes(), kStart + 5s).track, nullptr);
}

TEST_F(Demux, AllLayersOfASimulcastPassTheTrack) {
  auto line = receive_line("v1", vp8(), 0);
  line.rids = {"q", "h", "f"};
  peer.peer.set_receive(line, 1);
  const auto layer = [&](std::uint32_t ssrc, std::string_view rid, std::uint16_t number) {
    Rtp packet = video(ssrc, number);
    packet.extensions = {{4, text("v1")}, {6, text(rid)}};
    return packet;
  };
  EXPECT_EQ(take(layer(31, "q", 1)), 1U);
  EXPECT_EQ(take(layer(33, "f", 1)), 1U);
  EXPECT_EQ(take(layer(32, "h", 1)), 1U);
  EXPECT_EQ(take(layer(31, "q", 2)), 1U);
  EXPECT_EQ(take(layer(34, "unknown", 1)), 0U);
}

TEST_F(Demux, TheStreamThatCameLastCarriesItsLayerUntilItStalls) {
  auto line = receive_line("v1", vp8(), 0);
  line.rids = {"q", "f"};
  peer.peer.set_receive(line, 1);
  const auto of = [&](std::uint32_t ssrc, std::uint16_t number) {
    Rtp packet = video(ssrc, number);
    packet.extensions = {{4, text("v1")}, {6, text("f")}};
    return packet;
  };
  EXPECT_EQ(take(of(31, 1)), 1U);
  EXPECT_EQ(take(of(32, 1)), 1U) << "a sender that began anew";
  EXPECT_EQ(take(of(31, 2)), 0U);
  EXPECT_NE(peer.take(of(31, 3).to_bytes(), kStart + 1100ms).track, nullptr);
}

// --- RTX from the publisher ---

TEST(Rtx, IsRestoredInPlace) {
  VideoCall call;
  call.send(10, true);
  call.send(12, false);
  Rtp lost = VideoCall::video(11);
  lost.marker = true;
  lost.extensions = {{5, {3}}};
  const Buffer original = lost.to_bytes();
  Buffer rtx = to_rtx(original, kSourceRtx, kVp8Rtx, 900);
  const Incoming incoming = call.publisher.peer.on_rtp(rtx, call.now);
  EXPECT_EQ(incoming.track, call.track);
  EXPECT_EQ(Buffer(incoming.packet.begin(), incoming.packet.end()), original);
  EXPECT_EQ(incoming.packet.data(), rtx.data() + 2);
}

TEST(Rtx, OfWhatIsHereAlreadyIsDropped) {
  VideoCall call;
  call.send(10, true);
  const Buffer rtx = to_rtx(VideoCall::video(10).to_bytes(), kSourceRtx, kVp8Rtx, 900);
  EXPECT_EQ(call.publisher.take(rtx, call.now).track, nullptr);
}

TEST(Rtx, ThatIsPaddingIsDropped) {
  VideoCall call;
  call.send(10, true);
  Rtp probe = VideoCall::video(50);
  probe.ssrc = kSourceRtx;
  probe.payload_type = kVp8Rtx;
  probe.payload.clear();
  probe.padding = 100;
  EXPECT_EQ(call.publisher.take(probe.to_bytes(), call.now).track, nullptr);
  probe.payload = {0};
  EXPECT_EQ(call.publisher.take(probe.to_bytes(), call.now).track, nullptr);
}

TEST(Rtx, IsFoundByItsMidOrRepairedRidWithoutAnnouncedSsrcs) {
  auto line = receive_line("v", vp8(), 0);
  line.rids = {"h"};
  VideoCall call(line);
  Rtp packet = VideoCall::video(10);
  packet.extensions = {{4, text("v")}, {6, text("h")}};
  ASSERT_NE(call.publisher.take(packet.to_bytes(), call.now).track, nullptr);
  std::uint32_t rtx_ssrc = 500;
  for (const Element& name : {Element{7, text("h")}, Element{5, {0}}}) {
    Rtp lost = VideoCall::video(static_cast<std::uint16_t>(rtx_ssrc));
    lost.extensions = {{4, text("v")}, name};
    const Buffer rtx = to_rtx(lost.to_bytes(), ++rtx_ssrc, kVp8Rtx, 1);
    EXPECT_EQ(call.publisher.take(rtx, call.now).track, call.track);
  }
}

TEST(Rtx, BeforeItsPrimaryStreamIsNothing) {
  VideoCall call;
  const Buffer rtx = to_rtx(VideoCall::video(10).to_bytes(), kSourceRtx, kVp8Rtx, 900);
  EXPECT_EQ(call.publisher.take(rtx, call.now).track, nullptr);
}

// --- changes of a source ---

TEST(Source, DuplicatesAreForwardedOnce) {
  VideoCall call;
  call.attach();
  call.send(10, true);
  call.send(11, false);
  call.send(11, false);
  call.send(10, true);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 1));
}

TEST(Source, ANewSsrcGoesOnWhereTheOldOneStopped) {
  VideoCall call(receive_line("v", vp8(), 0));
  call.attach();
  call.send(10, true);
  call.now += 100ms;
  Rtp packet = VideoCall::video(40000);
  packet.ssrc = 4242;
  call.publisher.take(packet.to_bytes(), call.now);
  EXPECT_EQ(call.slot->state(), SendState::Waiting);
  packet.sequence = 40001;
  packet.payload = vp8_payload(true);
  call.publisher.take(packet.to_bytes(), call.now);
  call.send(11, false);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 1)) << "stragglers of the old one are dropped";
  EXPECT_NEAR((call.received()[1].timestamp - call.received()[0].timestamp) / 90.0, 100, 1);
}

TEST(Source, SequenceNumbersThatBeginAnewAreFollowedFromTheSecondPacketOn) {
  VideoCall call;
  call.attach();
  call.send(10, true);
  call.send(11, false);
  call.send(30000, true);
  EXPECT_EQ(call.received().size(), 2U) << "may be astray";
  call.send(30001, true);
  call.send(30002, false);
  call.send(12, false);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 1, 2, 3));
}

TEST(Source, ATimestampThatJumpsBackDoesNotSendTheSubscriberBack) {
  TestPeer publisher(1);
  TestPeer subscriber(2);
  Track& track = publisher.peer.add_track(1, media::Kind::Audio);
  publisher.peer.set_receive(receive_line("a", opus(), 10), 1);
  subscriber.peer.set_send(send_line("slot", opus(), kSlot)).attach(track, kStart);
  Time now = kStart;
  for (std::uint16_t i = 0; i < 100; ++i, now += 20ms) {
    const std::uint32_t timestamp = (i < 50 ? 3'000'000'000U : 0x80000000U) + i * 960U;
    publisher.take(Rtp{.sequence = i, .timestamp = timestamp, .ssrc = 10}.to_bytes(), now);
  }
  ASSERT_EQ(subscriber.egress.rtp.size(), 100U);
  for (std::size_t i = 1; i < 100; ++i) {
    const auto before = RtpPacket::parse(subscriber.egress.rtp[i - 1]).value();
    const auto after = RtpPacket::parse(subscriber.egress.rtp[i]).value();
    EXPECT_EQ(after.timestamp - before.timestamp, 960U) << i;
    EXPECT_EQ(static_cast<std::uint16_t>(after.sequence - before.sequence), 1);
  }
}

TEST(Source, AfterByeTheSameSsrcBeginsAfresh) {
  VideoCall call;
  call.attach();
  call.send(10, true);
  call.publisher.peer.on_rtcp(Buffer{0x81, 203, 0, 1, 0, 0, kSource >> 8, kSource & 0xff},
                              call.now);
  EXPECT_EQ(call.track->stats().packets, 0U);
  call.send(20000, true);
  call.send(20001, false);
  EXPECT_THAT(call.numbers(), ElementsAre(0, 1, 2));
}

// --- what the owner is told ---

TEST(Observer, HearsOfTheCodecOnceAndOfEveryChange) {
  auto line = receive_line("v", vp8(), kSource);
  line.codecs.push_back(h264());
  VideoCall call(line);
  call.send(true);
  call.send(false);
  EXPECT_EQ(call.publisher.observer.codecs.size(), 1U);
  call.wait(300ms);
  Rtp other = VideoCall::video(++call.sequence);
  other.payload_type = kH264;
  call.publisher.take(other.to_bytes(), call.now);
  EXPECT_THAT(call.publisher.observer.codecs, ElementsAre(Pair(kTrack, media::CodecName::Vp8),
                                                          Pair(kTrack, media::CodecName::H264)));
}

TEST(Observer, IsNotFloodedByACodecThatFlapsButLearnsTheLast) {
  auto line = receive_line("v", vp8(), kSource);
  line.codecs.push_back(h264());
  VideoCall call(line);
  for (int i = 0; i < 100; ++i) {
    Rtp packet = VideoCall::video(++call.sequence);
    if (i % 2 == 1) packet.payload_type = kH264;
    call.publisher.take(packet.to_bytes(), call.now);
    call.wait(10ms);
  }
  EXPECT_LE(call.publisher.observer.codecs.size(), 6U);
  call.wait(300ms);
  EXPECT_EQ(call.publisher.observer.codecs.back().second, media::CodecName::H264);
}

TEST(Observer, HearsWhoSpeaks) {
  TestPeer peer(1);
  peer.peer.add_track(1, media::Kind::Audio);
  peer.peer.set_receive(receive_line("a", opus(), 10), 1);
  Time now = kStart;
  for (std::uint16_t i = 0; i < 20; ++i, now += 20ms)
    peer.take(Rtp{.sequence = i, .ssrc = 10, .extensions = {{1, {0x80 | 25}}}}.to_bytes(), now);
  EXPECT_THAT(peer.observer.speakers, ElementsAre(Pair(1U, true)));
  for (int i = 0; i < 100; ++i, now += 10ms) peer.peer.tick(now);
  EXPECT_THAT(peer.observer.speakers, ElementsAre(Pair(1U, true), Pair(1U, false)));
}

}  // namespace
}  // namespace parley::forwarding::test
