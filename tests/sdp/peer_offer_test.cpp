// Offers of a peer, made by hand: what they may say, and those we refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sdp/support/harness.hpp"

namespace parley::sdp::test {
namespace {

using media::Extension;
using media::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kOffer =
    "v=0\r\n"
    "o=- 1 1 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE a v\r\n"
    "a=ice-ufrag:peer\r\n"
    "a=ice-pwd:peerpassword0123456789ab\r\n"
    "a=fingerprint:sha-256 00:11:22:33\r\n"
    "a=fingerprint:sha-512 44:55:66:77\r\n"
    "a=setup:actpass\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 96 0\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=mid:a\r\n"
    "a=sendonly\r\n"
    "a=rtcp-mux\r\n"
    "a=rtpmap:96 opus/48000/2\r\n"
    "a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 97 98\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=mid:v\r\n"
    "a=sendonly\r\n"
    "a=rtcp-mux\r\n"
    "a=rtpmap:97 VP8/90000\r\n"
    "a=rtcp-fb:* nack\r\n"
    "a=rtpmap:98 rtx/90000\r\n"
    "a=fmtp:98 apt=97\r\n"
    "a=extmap:5/sendonly urn:ietf:params:rtp-hdrext:sdes:mid\r\n";

TEST(PeerOffer, GivesEveryFingerprint) {
  MediaSession session = make_session();
  const auto applied = session.apply_offer(kOffer);
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_THAT(applied->transport.fingerprints,
              ElementsAre("sha-256 00:11:22:33", "sha-512 44:55:66:77"));
}

TEST(PeerOffer, TransportOfTheBundledSectionGoesBeforeTheSessions) {
  MediaSession session = make_session();
  const std::string offer = replaced(
      kOffer, "a=mid:a\r\n", "a=mid:a\r\na=ice-ufrag:mine\r\na=fingerprint:sha-1 88:99\r\n");
  const auto applied = session.apply_offer(offer);
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_EQ(applied->transport.ufrag, "mine");
  EXPECT_EQ(applied->transport.password, "peerpassword0123456789ab");
  EXPECT_THAT(applied->transport.fingerprints, ElementsAre("sha-1 88:99"));
}

TEST(PeerOffer, ExtensionDirectionsAreMirrored) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(kOffer).ok());
  session.add_receive(TrackId("cam"), Kind::Video, "v");
  const Description answer = parsed(answer_of(session));
  EXPECT_EQ(value_of(section_of(answer, "v"), "extmap"),
            "5/recvonly urn:ietf:params:rtp-hdrext:sdes:mid");
  EXPECT_EQ(session.receiving().at(0).media.extensions.id(Extension::Mid), 5);
}

TEST(PeerOffer, WildcardFeedbackHoldsForEveryCodec) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(kOffer).ok());
  EXPECT_EQ(values_of(section_of(parsed(answer_of(session)), "v"), "rtcp-fb"),
            std::set<std::string>{"97 nack"});
}

TEST(PeerOffer, OurPlannedMLinesComeAfterIts) {
  MediaSession session = make_session(false);
  const std::string planned = session.attach(TrackId("v2"), Kind::Video, "p2/camera").mid;
  (void)session.make_offer(local_transport());  // never answered: the peer rolled it back
  ASSERT_TRUE(session.apply_offer(kOffer).ok());
  EXPECT_EQ(section_count(answer_of(session)), 2u);
  EXPECT_TRUE(session.needs_offer());
  const Description offer = parsed(session.make_offer(local_transport()));
  ASSERT_EQ(offer.sections.size(), 3u);
  EXPECT_EQ(value_of(offer.sections[0], "mid"), "a");
  EXPECT_EQ(value_of(offer.sections[2], "mid"), planned);
}

TEST(PeerOffer, APayloadTypeKeepsItsMeaningOverAllMLines) {
  MediaSession session = make_session();
  // 96 is opus in the audio m-line already, so VP9 is not taken under it.
  std::string offer = replaced(kOffer, "SAVPF 97 98", "SAVPF 97 98 96");
  offer += "a=rtpmap:96 VP9/90000\r\n";
  ASSERT_TRUE(session.apply_offer(offer).ok());
  const auto rtpmaps = values_of(section_of(parsed(answer_of(session)), "v"), "rtpmap");
  EXPECT_EQ(rtpmaps, (std::set<std::string>{"97 VP8/90000", "98 rtx/90000"}));
}

TEST(PeerOffer, MLinesItCannotTakeAreRejectedAndTheRestIsTaken) {
  MediaSession session = make_session();
  const std::string offer =
      replaced(kOffer, "rtpmap:97 VP8", "rtpmap:97 H266") +
      "m=text 9 UDP/TLS/RTP/SAVPF 100\r\na=mid:t\r\na=rtcp-mux\r\n"
      "m=audio 9 RTP/AVP 0\r\na=mid:old\r\n"
      "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:apart\r\na=rtcp-mux\r\na=rtpmap:96 opus/48000/2\r\n";
  const auto applied = session.apply_offer(replaced(offer, "BUNDLE a v", "BUNDLE a v t old"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_EQ(applied->incoming.size(), 1u);
  const Description answer = parsed(answer_of(session));
  ASSERT_EQ(answer.sections.size(), 5u);
  EXPECT_EQ(direction_of(answer.sections[1]), "rejected") << "no codec";
  EXPECT_EQ(direction_of(answer.sections[2]), "rejected") << "unknown media";
  EXPECT_EQ(answer.sections[2].head.media, "text");
  EXPECT_EQ(direction_of(answer.sections[3]), "rejected") << "not over DTLS";
  EXPECT_EQ(direction_of(answer.sections[4]), "rejected") << "not in the bundle";
  EXPECT_EQ(answer.attributes.find("group")->value, "BUNDLE a");
}

TEST(PeerOffer, StoppingToSendRefusesTheTrackAndStartingAgainAcceptsIt) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(kOffer).ok());
  session.add_receive(TrackId("mic"), Kind::Audio, "a");
  (void)answer_of(session);
  const auto stopped = session.apply_offer(replaced(kOffer, "a=sendonly", "a=inactive"));
  ASSERT_TRUE(stopped.ok());
  EXPECT_THAT(stopped->refused, ElementsAre(TrackId("mic")));
  EXPECT_EQ(direction_of(parsed(answer_of(session)).sections[0]), "inactive");
  const auto started = session.apply_offer(kOffer);
  ASSERT_TRUE(started.ok());
  EXPECT_THAT(started->accepted, ElementsAre(TrackId("mic")));
  EXPECT_TRUE(started->incoming.empty()) << "it is known";
  EXPECT_EQ(direction_of(parsed(answer_of(session)).sections[0]), "recvonly");
}

TEST(PeerOffer, RejectingAnMLineRefusesItsTrack) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(kOffer).ok());
  session.add_receive(TrackId("mic"), Kind::Audio, "a");
  (void)answer_of(session);
  const auto applied = session.apply_offer(replaced(kOffer, "audio 9", "audio 0"));
  ASSERT_TRUE(applied.ok());
  EXPECT_THAT(applied->refused, ElementsAre(TrackId("mic")));
  EXPECT_TRUE(session.receiving().empty());
}

TEST(PeerOffer, OfAPublicationNotBoundFallsBackToAnMLineOfOurs) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(kOffer).ok());
  EXPECT_NE(session.add_receive(TrackId("cam"), Kind::Video, "a"), "a") << "another kind";
  EXPECT_NE(session.add_receive(TrackId("mic"), Kind::Audio, "nowhere"), "nowhere");
}

TEST(PeerOffer, ItsOwnMLinesAreNotTakenForPublicationsOfOurs) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(kOffer).ok());
  (void)answer_of(session);
  EXPECT_NE(session.add_receive(TrackId("mic"), Kind::Audio), "a");
}

TEST(PeerOffer, SaysNothingOfAPublicationThatWaitsForOurOffer) {
  MediaSession session = make_session(false);
  Peer peer;
  const std::string mid = session.add_receive(TrackId("first"), Kind::Audio);
  peer.sends = {mid};
  exchange(session, peer);
  session.remove_receive(TrackId("first"));
  ASSERT_EQ(session.add_receive(TrackId("second"), Kind::Audio), mid);
  // It still sends what it sent before, and offers for a reason of its own.
  const std::string offer =
      replaced(replaced(kOffer, "mid:a", "mid:" + mid), "BUNDLE a", "BUNDLE " + mid);
  const auto applied = session.apply_offer(offer);
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_TRUE(applied->accepted.empty());
  EXPECT_EQ(direction_of(parsed(answer_of(session)).sections[0]), "inactive");
  EXPECT_TRUE(session.receiving().empty());
  EXPECT_TRUE(session.needs_offer());
  EXPECT_THAT(exchange(session, peer).accepted, ElementsAre(TrackId("second")));
}

TEST(PeerOffer, IsAnsweredWithNoMoreThanItHasRoomFor) {
  MediaSession session = make_session(false);
  const std::string watching =
      replaced(replaced(kOffer, "a=sendonly", "a=recvonly"), "a=sendonly", "a=recvonly");
  ASSERT_TRUE(session.apply_offer(watching).ok());
  session.attach(TrackId("v"), Kind::Video, "p/camera");
  (void)answer_of(session);
  EXPECT_FALSE(session.sending().at(1).codecs.empty());
  ASSERT_TRUE(session
                  .apply_offer(replaced(replaced(watching, "a=recvonly", "a=inactive"),
                                        "a=recvonly", "a=inactive"))
                  .ok());
  const Description answer = parsed(answer_of(session));
  EXPECT_EQ(direction_of(answer.sections[1]), "inactive");
  EXPECT_FALSE(answer.sections[1].attributes.has("msid"));
  EXPECT_TRUE(session.sending().at(1).codecs.empty());
  EXPECT_FALSE(session.needs_offer());
}

TEST(PeerOffer, NewSlotsKeepOutOfSeatsInUse) {
  MediaSession session = make_session(false);
  session.attach(TrackId("v2"), Kind::Video, "p2/screen");
  exchange(session, {});
  std::string offer = replaced(kOffer, "a=sendonly", "a=recvonly");
  const std::string ours =
      "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:s0\r\na=recvonly\r\na=rtcp-mux\r\na=rtpmap:96 "
      "VP8/90000\r\n";
  offer = replaced(offer, "m=audio", ours + "m=audio");
  offer = replaced(replaced(offer, "SAVPF 96 0", "SAVPF 111"), "rtpmap:96 opus", "rtpmap:111 opus");
  ASSERT_TRUE(session.apply_offer(replaced(offer, "BUNDLE a v", "BUNDLE s0 a v")).ok());
  const Description answer = parsed(answer_of(session));
  EXPECT_EQ(value_of(answer.sections[0], "msid"), "seat0 s0");
  EXPECT_EQ(value_of(answer.sections[1], "msid"), "seat1 a");
}

/// webrtcbin (GStreamer 1.22) takes no answer in which an m-line lacks them, a refused one
/// included.
TEST(PeerOffer, EveryLineOfTheAnswerHasTheTransport) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(replaced(kOffer, "VP8/90000", "H265/90000")).ok());
  const Description answer = parsed(answer_of(session));
  ASSERT_EQ(answer.sections.size(), 2U);
  EXPECT_EQ(answer.sections[1].head.port, 0);
  for (const Section& section : answer.sections)
    for (const char* name : {"setup", "ice-ufrag", "ice-pwd", "fingerprint"})
      EXPECT_TRUE(section.attributes.has(name)) << section.head.media << " lacks " << name;
}

struct BadOffer {
  const char* name;
  const char* from;
  const char* to;
  const char* says;
};
class BadOfferTest : public testing::TestWithParam<BadOffer> {};
INSTANTIATE_TEST_SUITE_P(
    Kinds, BadOfferTest,
    testing::Values(
        BadOffer{"NoBundle", "a=group:BUNDLE a v\r\n", "", "a=group:BUNDLE is missing"},
        BadOffer{"OtherGroup", "BUNDLE", "LS", "a=group:BUNDLE is missing"},
        BadOffer{"NoMux", "a=rtcp-mux\r\n", "", "line 11: a=rtcp-mux is missing"},
        BadOffer{"NoMid", "a=mid:v\r\n", "", "line 18: a=mid is missing"},
        BadOffer{"BadMid", "a=mid:v", "a=mid:v w", "line 20: a=mid: \"v w\" is no token"},
        BadOffer{"DoubleMid", "a=mid:v", "a=mid:a",
                 "line 18: a=mid:a is in use by another m= line"},
        BadOffer{"NoUfrag", "a=ice-ufrag:peer\r\n", "", "a=ice-ufrag is missing"},
        BadOffer{"NoPassword", "a=ice-pwd:peerpassword0123456789ab\r\n", "",
                 "a=ice-pwd is missing"},
        BadOffer{"Passive", "a=setup:actpass", "a=setup:passive",
                 "line 10: a=setup:passive: the server is the passive side"},
        BadOffer{"Lite", "a=setup", "a=ice-lite\r\na=setup", "line 10: a=ice-lite"},
        BadOffer{"SharedPayloadType",
                 "97 98\r\nc=IN IP4 0.0.0.0\r\na=mid:v\r\na=sendonly\r\na=rtcp-mux\r\na=rtpmap:97",
                 "96 98\r\nc=IN IP4 0.0.0.0\r\na=mid:v\r\na=sendonly\r\na=rtcp-mux\r\na=rtpmap:96",
                 "line 18: its payload types stand for other codecs"},
        BadOffer{"BadFingerprint", "44:55:66:77", "44:55:66:7", "line 9: a=fingerprint has to be"},
        BadOffer{"BadSimulcast", "a=rtcp-fb", "a=simulcast:send ;\r\na=rtcp-fb",
                 "line 24: a=simulcast: \"send ;\""},
        BadOffer{"BadGroup", "a=rtcp-fb", "a=ssrc-group:FID 1\r\na=rtcp-fb",
                 "line 24: a=ssrc-group: \"FID 1\""},
        BadOffer{"BadFmtp", "fmtp:98 apt=97", "fmtp:98",
                 "line 26: a=fmtp: \"98\" is not of the form"},
        BadOffer{"BadFeedback", "rtcp-fb:* nack", "rtcp-fb:*",
                 "line 24: a=rtcp-fb: \"*\" is not of the form"}),
    [](const auto& one) { return one.param.name; });

TEST_P(BadOfferTest, IsRefusedWithItsReasonAndChangesNothing) {
  MediaSession session = make_session();
  const auto bad = session.apply_offer(replaced(kOffer, GetParam().from, GetParam().to));
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, "bad_sdp");
  EXPECT_THAT(bad.error().message, HasSubstr(GetParam().says));
  const auto applied = session.apply_offer(kOffer);
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_EQ(applied->incoming.size(), 2u);
}

TEST(PeerOffer, HasToKeepTheMLinesThereAre) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(kOffer).ok());
  (void)answer_of(session);
  EXPECT_THAT(session.apply_offer(kOffer.substr(0, kOffer.find("m=video"))).error().message,
              HasSubstr("has 2 m= lines, the offer only 1"));
  EXPECT_THAT(
      session.apply_offer(replaced(replaced(kOffer, "mid:v", "mid:w"), "BUNDLE a v", "BUNDLE a w"))
          .error()
          .message,
      HasSubstr("line 18: this m= line has been m=video with a=mid:v"));
}

}  // namespace
}  // namespace parley::sdp::test
