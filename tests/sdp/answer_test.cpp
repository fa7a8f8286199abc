// Answers of browsers, recorded, and of peers that get them wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sdp/support/harness.hpp"

namespace parley::sdp::test {
namespace {

using media::CodecName;
using media::Extension;
using media::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<CodecName> names(const std::vector<media::Codec>& codecs) {
  std::vector<CodecName> result;
  for (const media::Codec& codec : codecs)
    if (result.empty() || result.back() != codec.name) result.push_back(codec.name);
  return result;
}

/// A session that offered what record.mjs offered, ready for the recorded answer.
MediaSession offered(const std::vector<std::pair<std::string, Kind>>& publications,
                     const std::vector<std::pair<std::string, Kind>>& subscriptions = {}) {
  MediaSession session = make_session();
  for (const auto& [track, kind] : publications) session.add_receive(TrackId(track), kind);
  for (const auto& [track, kind] : subscriptions) session.attach(TrackId(track), kind, "p2/camera");
  (void)session.make_offer(local_transport());
  return session;
}

const std::vector<std::pair<std::string, Kind>> kMicAndCam{{"mic", Kind::Audio},
                                                           {"cam", Kind::Video}};
const std::vector<std::pair<std::string, Kind>> kOneOther{{"a2", Kind::Audio}, {"v2", Kind::Video}};

class RecordedAnswer : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] std::string recorded(const std::string& name) const {
    return fixture(GetParam() + "-answer-" + name);
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, RecordedAnswer, testing::Values("chromium", "firefox"),
                         [](const auto& one) { return one.param; });

TEST_P(RecordedAnswer, OfADataChannelGivesTheTransport) {
  MediaSession session = offered({});
  const auto applied = session.apply_answer(recorded("data-only"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_TRUE(applied->transport.data_channel);
  EXPECT_EQ(applied->transport.setup, Setup::Active);
  EXPECT_GE(applied->transport.ufrag.size(), 4u);
  EXPECT_GE(applied->transport.password.size(), 22u);
  ASSERT_EQ(applied->transport.fingerprints.size(), 1u);
  EXPECT_THAT(applied->transport.fingerprints[0], testing::StartsWith("sha-256 "));
  EXPECT_FALSE(session.needs_offer());
}

TEST_P(RecordedAnswer, OfAReceiverSaysWhatItDecodes) {
  MediaSession session = offered({}, kOneOther);
  const auto applied = session.apply_answer(recorded("receive-only"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_TRUE(applied->accepted.empty() && applied->refused.empty() && applied->incoming.empty());
  const auto sending = session.sending();
  ASSERT_EQ(sending.size(), 2u);
  EXPECT_EQ(sending[0].kind, Kind::Audio);
  EXPECT_EQ(sending[0].codecs.front().name, CodecName::Opus);
  EXPECT_EQ(sending[0].ssrc, 1000000u);
  EXPECT_EQ(sending[0].rtx_ssrc, 0u);
  EXPECT_FALSE(sending[0].nack);
  const media::Send& video = sending[1];
  EXPECT_EQ(video.codecs.front().name, CodecName::Vp8);
  EXPECT_EQ(video.codecs.front().payload_type, 96);
  EXPECT_EQ(video.codecs.front().rtx_payload_type, 97);
  EXPECT_EQ(video.codecs.back().name, CodecName::Av1);
  EXPECT_EQ(video.rtx_ssrc, 1000002u);
  EXPECT_EQ(video.cname, sending[0].cname);
  EXPECT_TRUE(video.nack);
  EXPECT_FALSE(video.transport_cc);
  EXPECT_EQ(video.extensions.id(Extension::Mid), 4);
  EXPECT_EQ(video.extensions.id(Extension::AbsSendTime), 2);
  EXPECT_EQ(video.extensions.id(Extension::TransportCc), 0);
}

TEST_P(RecordedAnswer, OfAPublisherAcceptsItsTracks) {
  MediaSession session = offered(kMicAndCam);
  const auto applied = session.apply_answer(recorded("publish"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_THAT(applied->accepted, ElementsAre(TrackId("mic"), TrackId("cam")));
  const auto receiving = session.receiving();
  ASSERT_EQ(receiving.size(), 2u);
  EXPECT_EQ(receiving[0].track, TrackId("mic"));
  EXPECT_EQ(receiving[0].media.ssrcs.size(), 1u);
  EXPECT_EQ(receiving[0].media.extensions.id(Extension::AudioLevel), 1);
  const media::Receive& video = receiving[1].media;
  EXPECT_EQ(video.mid, "s1");
  // Chromium tells no SSRCs of layers: they are found by rid, those of repair by repaired-rid.
  EXPECT_EQ(video.ssrcs.size(), GetParam() == "chromium" ? 0u : 3u)
      << "the repair SSRCs are none of them";
  EXPECT_EQ(video.rtx.size(), video.ssrcs.size());
  for (std::size_t i = 0; i < video.rtx.size(); ++i) EXPECT_EQ(video.rtx[i].first, video.ssrcs[i]);
  EXPECT_NE(video.extensions.id(Extension::Mid), 0);
  EXPECT_NE(video.extensions.id(Extension::Rid), 0);
  EXPECT_NE(video.extensions.id(Extension::RepairedRid), 0);
  EXPECT_TRUE(video.remb);
  EXPECT_FALSE(video.transport_cc);
  EXPECT_THAT(video.rids, ElementsAre("q", "h", "f"));
  ASSERT_TRUE(session.codec_of(TrackId("cam")).has_value());
  EXPECT_EQ(session.codec_of(TrackId("cam"))->name, CodecName::Vp8);
  EXPECT_EQ(session.codec_of(TrackId("mic"))->name, CodecName::Opus);
}

TEST_P(RecordedAnswer, SaysWhichWayDependencyDescriptorsGo) {
  MediaSession session = offered({{"cam", Kind::Video}}, {{"v2", Kind::Video}});
  const auto applied = session.apply_answer(recorded("dependencies"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_EQ(session.receiving().at(0).media.extensions.id(Extension::DependencyDescriptor), 12);
  // Firefox sends them and takes none.
  EXPECT_EQ(session.sending().at(0).extensions.id(Extension::DependencyDescriptor),
            GetParam() == "chromium" ? 12 : 0);
}

TEST_P(RecordedAnswer, ThatLeavesAnMLineInactiveRefusesTheTrack) {
  MediaSession session = offered({{"mic", Kind::Audio}});
  const auto applied = session.apply_answer(recorded("refused"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_THAT(applied->refused, ElementsAre(TrackId("mic")));
  EXPECT_TRUE(session.receiving().empty());
  EXPECT_FALSE(session.codec_of(TrackId("mic")).has_value());
  EXPECT_FALSE(session.needs_offer()) << "asking again changes nothing";
}

TEST_P(RecordedAnswer, SeriesOfACallIsFollowed) {
  MediaSession session = offered(kMicAndCam);
  ASSERT_TRUE(session.apply_answer(recorded("publish")).ok());
  for (const std::string publisher : {"p2", "p3"}) {
    session.attach(TrackId("a-" + publisher), Kind::Audio, publisher + "/camera");
    session.attach(TrackId("v-" + publisher), Kind::Video, publisher + "/camera");
  }
  (void)session.make_offer(local_transport());
  ASSERT_TRUE(session.apply_answer(recorded("publish-grown")).ok());
  EXPECT_EQ(session.sending().size(), 4u);

  const std::string mid = session.add_receive(TrackId("screen"), Kind::Video);
  (void)session.make_offer(local_transport());
  const auto added = session.apply_answer(recorded("screen-added"));
  ASSERT_TRUE(added.ok()) << added.error().message;
  EXPECT_THAT(added->accepted, ElementsAre(TrackId("screen"))) << "only what changed";
  EXPECT_EQ(session.receiving().size(), 3u);

  session.remove_receive(TrackId("screen"));
  EXPECT_EQ(session.receiving().size(), 2u);
  (void)session.make_offer(local_transport());
  ASSERT_TRUE(session.apply_answer(recorded("screen-ended")).ok());
  EXPECT_EQ(session.add_receive(TrackId("again"), Kind::Video), mid);
  (void)session.make_offer(local_transport());
  const auto again = session.apply_answer(recorded("screen-again"));
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_THAT(again->accepted, ElementsAre(TrackId("again")));
  EXPECT_EQ(session.receiving().size(), 3u);
}

TEST(Answer, ARefusedMLineComesAliveLater) {
  MediaSession session = make_session();
  const std::string mid = session.add_receive(TrackId("mic"), Kind::Audio);
  EXPECT_THAT(exchange(session, {}).refused, ElementsAre(TrackId("mic")));
  EXPECT_THAT(exchange(session, {}).refused, ElementsAre()) << "it is said once";
  Peer peer;
  peer.sends = {mid};
  EXPECT_THAT(exchange(session, peer).accepted, ElementsAre(TrackId("mic")));
  EXPECT_EQ(session.receiving().size(), 1u);
  EXPECT_THAT(exchange(session, {}).refused, ElementsAre(TrackId("mic")));
  EXPECT_TRUE(session.receiving().empty());
}

TEST(Answer, SaysNothingOfATrackThatItWasNotAskedAbout) {
  MediaSession session = make_session();
  const std::string mid = session.add_receive(TrackId("first"), Kind::Audio);
  Peer peer;
  peer.sends = {mid};
  const std::string answer = peer.answer(session.make_offer(local_transport()));
  session.remove_receive(TrackId("first"));
  ASSERT_EQ(session.add_receive(TrackId("second"), Kind::Audio), mid);
  const auto applied = session.apply_answer(answer);
  ASSERT_TRUE(applied.ok());
  EXPECT_TRUE(applied->accepted.empty() && applied->refused.empty());
  EXPECT_TRUE(session.receiving().empty());
  EXPECT_TRUE(session.needs_offer());
  EXPECT_THAT(exchange(session, peer).accepted, ElementsAre(TrackId("second")));
}

TEST(Answer, TheSameTrackPublishedAgainIsAskedAboutAgain) {
  MediaSession session = make_session();
  Peer peer;
  peer.sends = {session.add_receive(TrackId("mic"), Kind::Audio)};
  exchange(session, peer);
  session.remove_receive(TrackId("mic"));
  session.add_receive(TrackId("mic"), Kind::Audio);
  EXPECT_TRUE(session.needs_offer());
  EXPECT_THAT(exchange(session, peer).accepted, ElementsAre(TrackId("mic")));
}

TEST(Answer, TellsWhichCodecsThePeerLacks) {
  MediaSession session = make_session();
  session.attach(TrackId("v"), Kind::Video, "p/camera");
  Peer peer;
  peer.codecs = {"H264"};
  exchange(session, peer);
  EXPECT_THAT(names(session.sending().at(0).codecs), ElementsAre(CodecName::H264));
}

TEST(Answer, WithoutMixedHeadersGetsNoDependencyDescriptors) {
  MediaSession session = make_session();
  session.attach(TrackId("v"), Kind::Video, "p/camera");
  const std::string answer = Peer{}.answer(session.make_offer(local_transport()));
  ASSERT_TRUE(session.apply_answer(answer).ok());
  const auto id_now = [&] {
    return session.sending().at(0).extensions.id(Extension::DependencyDescriptor);
  };
  EXPECT_EQ(id_now(), 0) << "what comes with keyframes does not fit one-byte headers";
  (void)session.make_offer(local_transport());
  ASSERT_TRUE(session
                  .apply_answer(
                      replaced(answer, "a=setup:active", "a=setup:active\r\na=extmap-allow-mixed"))
                  .ok());
  EXPECT_EQ(id_now(), 12);
}

TEST(Answer, ARejectedSlotCanDecodeNothing) {
  MediaSession session = make_session();
  const std::string mid = session.attach(TrackId("v"), Kind::Video, "p/camera").mid;
  Peer peer;
  peer.rejects = {mid};
  exchange(session, peer);
  ASSERT_EQ(session.sending().size(), 1u);
  EXPECT_TRUE(session.sending()[0].codecs.empty());
  EXPECT_EQ(session.sending()[0].kind, Kind::Video);
  EXPECT_EQ(session.slot_of(TrackId("v")), mid);
  EXPECT_FALSE(session.needs_offer());
}

TEST(Answer, APausedSlotDecodesNothingUntilItIsWantedAgain) {
  MediaSession session = make_session();
  Peer peer;
  peer.pauses = {session.attach(TrackId("v"), Kind::Video, "p/camera").mid};
  exchange(session, peer);
  EXPECT_TRUE(session.sending().at(0).codecs.empty());
  exchange(session, {});
  EXPECT_FALSE(session.sending().at(0).codecs.empty());
}

TEST(Answer, APeerWithoutDataChannelsIsNotAskedAgain) {
  MediaSession session = make_session();
  const std::string mid = session.add_receive(TrackId("mic"), Kind::Audio);
  const std::string offer = session.make_offer(local_transport());
  Peer peer;
  peer.sends = {mid};
  peer.rejects = {value_of(parsed(offer).sections[0], "mid")};
  const auto applied = session.apply_answer(peer.answer(offer));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_FALSE(applied->transport.data_channel);
  EXPECT_FALSE(session.needs_offer());
}

TEST(Answer, MayNameAnotherProfileUnderTheOfferedPayloadType) {
  MediaSession session = make_session();
  session.attach(TrackId("v"), Kind::Video, "p/camera");
  const std::string answer = Peer{}.answer(session.make_offer(local_transport()));
  const auto applied =
      session.apply_answer(replaced(answer, "profile-level-id=42001f", "profile-level-id=42e00b"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  const auto codecs = session.sending().at(0).codecs;
  EXPECT_EQ(std::count_if(codecs.begin(), codecs.end(),
                          [](const media::Codec& codec) { return codec.name == CodecName::H264; }),
            4);
}

std::vector<int> payload_types(const std::vector<media::Codec>& codecs) {
  std::vector<int> numbers;
  for (const media::Codec& codec : codecs) {
    numbers.push_back(codec.payload_type);
    if (codec.rtx_payload_type) numbers.push_back(*codec.rtx_payload_type);
  }
  return numbers;
}

TEST(Answer, LeavesThePeerFreeToSendWhateverWasOffered) {
  MediaSession session = make_session();
  Peer peer;
  peer.sends = {session.add_receive(TrackId("cam"), Kind::Video)};
  peer.codecs = {"VP9"};
  exchange(session, peer);
  EXPECT_THAT(payload_types(session.receiving().at(0).media.codecs),
              ElementsAre(98, 99, 96, 97, 108, 109, 102, 103, 116, 117, 112, 113, 45, 46));
  EXPECT_EQ(session.codec_of(TrackId("cam"))->name, CodecName::Vp9);
}

TEST(Answer, WithoutRetransmissionDoesNotRuleItOut) {
  MediaSession session = make_session();
  Peer peer;
  peer.sends = {session.add_receive(TrackId("cam"), Kind::Video)};
  peer.codecs = {"VP8"};
  std::string answer = peer.answer(session.make_offer(local_transport()));
  answer = replaced(answer, "SAVPF 96 97", "SAVPF 96");
  ASSERT_TRUE(session.apply_answer(answer).ok());
  EXPECT_EQ(session.receiving().at(0).media.codecs.front().rtx_payload_type, 97);
}

TEST(Answer, UsesWhatWasOfferedAndNothingElse) {
  MediaSession session = make_session();
  const std::string mid = session.add_receive(TrackId("mic"), Kind::Audio);
  Peer peer;
  peer.sends = {mid};
  std::string answer = peer.answer(session.make_offer(local_transport()));
  answer = replaced(answer, "SAVPF 111", "SAVPF 111 112");
  answer +=
      "a=rtpmap:112 opus/48000/2\r\na=extmap:7 urn:3gpp:video-orientation\r\na=extmap:8 "
      "urn:example:other\r\n";
  const auto applied = session.apply_answer(answer);
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  const media::Receive receive = session.receiving().at(0).media;
  ASSERT_EQ(receive.codecs.size(), 2u);
  EXPECT_EQ(receive.codecs[0].payload_type, 111);
  EXPECT_EQ(receive.codecs[1].payload_type, 63);
  EXPECT_EQ(receive.extensions.id(Extension::VideoOrientation), 0);
}

// --- answers that get it wrong
// ---------------------------------------------------------------------

struct BadAnswer {
  const char* name;
  const char* from;
  const char* to;
  const char* says;
};

class BadAnswerTest : public testing::TestWithParam<BadAnswer> {};

// The answer's lines: 1-9 the session's, 10 m=application, 15 m=audio…
INSTANTIATE_TEST_SUITE_P(
    Kinds, BadAnswerTest,
    testing::Values(
        BadAnswer{"NoBundle", "a=group:BUNDLE s1 s0\r\n", "", "a=group:BUNDLE is missing"},
        BadAnswer{"NothingBundled", "BUNDLE s1 s0", "BUNDLE x y",
                  "no m= line is accepted and in a=group:BUNDLE"},
        BadAnswer{"NoUfrag", "a=ice-ufrag:peer\r\n", "", "a=ice-ufrag is missing"},
        BadAnswer{"ShortUfrag", "ice-ufrag:peer", "ice-ufrag:p",
                  "line 6: a=ice-ufrag has to be 4 to 256"},
        BadAnswer{"NoPassword", "a=ice-pwd:peerpassword0123456789ab\r\n", "",
                  "a=ice-pwd is missing"},
        BadAnswer{"BadPassword", "peerpassword0123456789ab", "peer password 0123456789",
                  "line 7: a=ice-pwd has to be"},
        BadAnswer{"NoFingerprint", "a=fingerprint:sha-256 00:11:22:33\r\n", "",
                  "a=fingerprint is missing"},
        BadAnswer{"BadFingerprint", "00:11:22:33", "00:11:2233",
                  "line 8: a=fingerprint has to be a hash name"},
        BadAnswer{"Passive", "setup:active", "setup:passive",
                  "line 9: a=setup:passive: the server is the passive side"},
        BadAnswer{"Undecided", "setup:active", "setup:actpass", "a=setup:actpass in an answer"},
        BadAnswer{"BadSetup", "setup:active", "setup:holdconn",
                  "line 9: a=setup: \"holdconn\" is not active"},
        BadAnswer{"Lite", "a=setup", "a=ice-lite\r\na=setup",
                  "line 9: a=ice-lite: the server is lite"},
        BadAnswer{"OtherMid", "a=mid:s0", "a=mid:s1",
                  "line 15: a=mid:s0 was offered here, not \"s1\""},
        BadAnswer{"OtherKind", "m=audio", "m=video", "line 15: m=video answers an offered m=audio"},
        BadAnswer{"OtherProtocol", "UDP/TLS/RTP/SAVPF", "RTP/AVP",
                  "line 15: m=: \"RTP/AVP\" was not offered"},
        BadAnswer{"NoMux", "a=rtcp-mux\r\n", "", "line 15: a=rtcp-mux is missing"},
        BadAnswer{"BadPayloadType", "SAVPF 111", "SAVPF 111 x",
                  "line 15: m=: \"x\" is no payload type"},
        BadAnswer{"DoublePayloadType", "SAVPF 111", "SAVPF 111 111",
                  "line 15: m=: payload type 111 stands there twice"},
        BadAnswer{"BadRtpmap", "rtpmap:111 opus/48000/2", "rtpmap:111 opus",
                  "a=rtpmap: \"111 opus\" is not of the form"},
        BadAnswer{"BadExtension", "extmap:4 urn", "extmap:0 urn", "a=extmap: \"0 urn:ietf"},
        BadAnswer{"DoubleExtension", "extmap:4 urn", "extmap:1 urn",
                  "a=extmap: id 1 stands there twice"},
        BadAnswer{"BadSsrc", "ssrc:77 cname", "ssrc:0 cname",
                  "a=ssrc: \"0 cname:peer\" is not of the form"},
        BadAnswer{"NotSdp", "v=0", "hello", "line 1: \"hello\" is not <letter>=<value>"}),
    [](const auto& one) { return one.param.name; });

TEST_P(BadAnswerTest, IsRefusedWithItsReasonAndChangesNothing) {
  MediaSession session = make_session();
  const std::string mid = session.add_receive(TrackId("mic"), Kind::Audio);
  Peer peer;
  peer.sends = {mid};
  peer.ssrcs = {{mid, 77}};
  const std::string good = peer.answer(session.make_offer(local_transport()));
  const auto bad = session.apply_answer(replaced(good, GetParam().from, GetParam().to));
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, "bad_sdp");
  EXPECT_THAT(bad.error().message, HasSubstr(GetParam().says));
  EXPECT_TRUE(session.receiving().empty());
  const auto applied = session.apply_answer(good);
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_THAT(applied->accepted, ElementsAre(TrackId("mic")));
}

TEST(Answer, BrokenHalfwayChangesNothing) {
  MediaSession session = make_session();
  Peer peer;
  peer.sends = {session.add_receive(TrackId("mic"), Kind::Audio),
                session.add_receive(TrackId("cam"), Kind::Video)};
  const std::string good = peer.answer(session.make_offer(local_transport()));
  ASSERT_FALSE(session.apply_answer(replaced(good, "rtpmap:96 VP8/90000", "rtpmap:96 VP8")).ok());
  EXPECT_TRUE(session.receiving().empty()) << "the microphone's m-line was good, and came first";
  EXPECT_THAT(session.apply_answer(good)->accepted, ElementsAre(TrackId("mic"), TrackId("cam")));
}

TEST(Answer, WhatItLeavesOutOfTheBundleIsRefused) {
  MediaSession session = make_session();
  const std::string mic = session.add_receive(TrackId("mic"), Kind::Audio);
  const std::string slot = session.attach(TrackId("v"), Kind::Video, "p/camera").mid;
  Peer peer;
  peer.sends = {mic};
  const std::string offer = session.make_offer(local_transport());
  const auto applied =
      session.apply_answer(replaced(peer.answer(offer), " " + mic + " " + slot, ""));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_THAT(applied->refused, ElementsAre(TrackId("mic")));
  EXPECT_TRUE(session.sending().at(0).codecs.empty());
  EXPECT_FALSE(session.needs_offer());
}

TEST(Answer, WithTooFewMLinesIsRefused) {
  MediaSession session = make_session();
  const std::string answer = Peer{}.answer(session.make_offer(local_transport()));
  session.add_receive(TrackId("mic"), Kind::Audio);
  (void)session.make_offer(local_transport());
  EXPECT_THAT(session.apply_answer(answer).error().message,
              HasSubstr("the offer has 2 m= lines, the answer 1"));
}

TEST(Answer, ThatRejectsEverythingIsRefused) {
  MediaSession session = make_session();
  const std::string offer = session.make_offer(local_transport());
  Peer peer;
  peer.rejects = {value_of(parsed(offer).sections[0], "mid")};
  EXPECT_THAT(session.apply_answer(peer.answer(offer)).error().message,
              HasSubstr("no m= line is accepted"));
}

TEST(Answer, ThatNobodyWaitsForIsRefused) {
  MediaSession session = make_session();
  const std::string answer = Peer{}.answer(session.make_offer(local_transport()));
  ASSERT_TRUE(session.apply_answer(answer).ok());
  EXPECT_EQ(session.apply_answer(answer).error().code, "unexpected_answer");
}

TEST(Answer, WithHugeNumbersOfSsrcsIsRefused) {
  MediaSession session = make_session();
  session.add_receive(TrackId("mic"), Kind::Audio);
  std::string answer = Peer{}.answer(session.make_offer(local_transport()));
  for (int i = 1; i <= 65; ++i) answer += "a=ssrc:" + std::to_string(i) + " cname:x\r\n";
  EXPECT_THAT(session.apply_answer(answer).error().message, HasSubstr("a=ssrc: more than 64"));
}

}  // namespace
}  // namespace parley::sdp::test
