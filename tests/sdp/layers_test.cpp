// Simulcast: which layers are offered, taken and kept, whoever offers (RFC 8851, RFC 8853).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sdp/support/harness.hpp"

namespace parley::sdp::test {
namespace {

using media::Extension;
using media::Kind;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> rids_of(const MediaSession& session) {
  return session.receiving().at(0).media.rids;
}

/// A peer's offer of one camera with these lines about its layers.
std::string offer_with(const std::string& layers) {
  return "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
         "a=ice-ufrag:peer\r\na=ice-pwd:peerpassword0123456789ab\r\n"
         "a=fingerprint:sha-256 00:11:22:33\r\na=setup:actpass\r\n"
         "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\n"
         "a=rtcp-mux\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 theora/90000\r\n" +
         layers;
}

/// Our answer to it; the session has the camera bound.
std::string answer_to(MediaSession& session, const std::string& layers) {
  const auto applied = session.apply_offer(offer_with(layers));
  if (!applied) throw std::runtime_error(applied.error().message);
  session.add_receive(TrackId("cam"), Kind::Video, "0");
  return session.make_answer(local_transport());
}

TEST(Layers, AreOfferedForEveryVideoPublication) {
  MediaSession session = make_session();
  const std::string camera = session.add_receive(TrackId("cam"), Kind::Video);
  const std::string sound = session.add_receive(TrackId("mic"), Kind::Audio);
  const std::string slot = session.attach(TrackId("v"), Kind::Video, "p/camera").mid;
  const Description offer = parsed(session.make_offer(local_transport()));
  EXPECT_EQ(value_of(section_of(offer, camera), "simulcast"), "recv q;h;f");
  EXPECT_EQ(values_of(section_of(offer, camera), "rid"),
            (std::set<std::string>{"q recv", "h recv", "f recv"}));
  for (const std::string& other : {sound, slot}) {
    EXPECT_FALSE(section_of(offer, other).attributes.has("simulcast"));
    EXPECT_FALSE(section_of(offer, other).attributes.has("rid"));
  }
}

TEST(Layers, AreNotOfferedWherePolicySaysSo) {
  Policy policy;
  policy.simulcast = false;
  MediaSession session = make_session(true, policy);
  const std::string camera = session.add_receive(TrackId("cam"), Kind::Video);
  const std::string offer = session.make_offer(local_transport());
  EXPECT_FALSE(section_of(parsed(offer), camera).attributes.has("simulcast"));
  Peer peer{.sends = {camera}, .layers = {"q", "h", "f"}};
  ASSERT_TRUE(session.apply_answer(peer.answer(offer)).ok());
  EXPECT_THAT(rids_of(session), ElementsAre()) << "what was not offered is not taken";
}

TEST(Layers, OfAnAnswerComeInTheOrderOfOurOffer) {
  MediaSession session = make_session();
  const std::string camera = session.add_receive(TrackId("cam"), Kind::Video);
  exchange(session, {.sends = {camera}, .layers = {"f", "x", "q"}});
  EXPECT_THAT(rids_of(session), ElementsAre("q", "f"));
}

TEST(Layers, ArePlainVideoFromAPeerThatAnswersWithoutThem) {
  MediaSession session = make_session();
  const std::string camera = session.add_receive(TrackId("cam"), Kind::Video);
  const Applied applied = exchange(session, {.sends = {camera}, .ssrcs = {{camera, 77}}});
  EXPECT_THAT(applied.accepted, ElementsAre(TrackId("cam")));
  EXPECT_THAT(rids_of(session), ElementsAre());
  EXPECT_THAT(session.receiving().at(0).media.ssrcs, ElementsAre(77u));
}

// libwebrtc switches a sender's layers off for good when a description lacks them once.
TEST(Layers, StayInOffersWhileNothingIsPublished) {
  MediaSession session = make_session();
  const std::string camera = session.add_receive(TrackId("cam"), Kind::Video);
  const Peer peer{.sends = {camera}, .layers = {"q", "h", "f"}};
  exchange(session, peer);
  session.remove_receive(TrackId("cam"));
  const std::string ended = session.make_offer(local_transport());
  EXPECT_EQ(direction_of(section_of(parsed(ended), camera)), "inactive");
  EXPECT_EQ(value_of(section_of(parsed(ended), camera), "simulcast"), "recv q;h;f");
  ASSERT_TRUE(session.apply_answer(peer.answer(ended)).ok());
  EXPECT_EQ(session.add_receive(TrackId("again"), Kind::Video), camera);
  exchange(session, peer);
  EXPECT_THAT(rids_of(session), ElementsAre("q", "h", "f"));
}

TEST(Layers, OfAPeersOfferKeepItsNamesAndOrder) {
  MediaSession session = make_session();
  const std::string answer =
      answer_to(session, "a=rid:hi send\r\na=rid:lo send\r\na=simulcast:send lo;hi recv other\r\n");
  EXPECT_EQ(value_of(parsed(answer).sections[0], "simulcast"), "recv lo;hi");
  EXPECT_EQ(values_of(parsed(answer).sections[0], "rid"),
            (std::set<std::string>{"lo recv", "hi recv"}));
  EXPECT_THAT(rids_of(session), ElementsAre("lo", "hi"));
  session.attach(TrackId("v"), Kind::Video, "p/camera");
  const std::string offer = session.make_offer(local_transport());
  EXPECT_EQ(value_of(section_of(parsed(offer), "0"), "simulcast"), "recv lo;hi")
      << "later offers of ours go on with them";
}

TEST(Layers, AreAnsweredBeforeTheTrackIsBound) {
  MediaSession session = make_session();
  ASSERT_TRUE(session
                  .apply_offer(offer_with("a=rid:a send\r\na=rid:b send\r\n"
                                          "a=simulcast:send a;b\r\n"))
                  .ok());
  const Description answer = parsed(session.make_answer(local_transport()));
  EXPECT_EQ(direction_of(answer.sections[0]), "inactive");
  EXPECT_EQ(value_of(answer.sections[0], "simulcast"), "recv a;b");
}

TEST(Layers, ArePausedInTheAnswerWhereTheOfferHasThemPaused) {
  MediaSession session = make_session();
  const std::string answer =
      answer_to(session, "a=rid:a send\r\na=rid:b send\r\na=simulcast:send ~a;b\r\n");
  EXPECT_EQ(value_of(parsed(answer).sections[0], "simulcast"), "recv ~a;b");
  EXPECT_THAT(rids_of(session), ElementsAre("a", "b")) << "it may come later";
  session.attach(TrackId("v"), Kind::Video, "p/camera");
  EXPECT_EQ(value_of(section_of(parsed(session.make_offer(local_transport())), "0"), "simulcast"),
            "recv a;b");
}

TEST(Layers, AreTheFirstOfTheirAlternatives) {
  MediaSession session = make_session();
  const std::string answer = answer_to(
      session,
      "a=rid:a send\r\na=rid:a2 send\r\na=rid:b send\r\na=simulcast:send a,a2;~b,a2;a\r\n");
  EXPECT_EQ(value_of(parsed(answer).sections[0], "simulcast"), "recv a;~b");
  EXPECT_EQ(values_of(parsed(answer).sections[0], "rid"),
            (std::set<std::string>{"a recv", "b recv"}));
}

TEST(Layers, NeedARidLineEach) {
  MediaSession session = make_session();
  const std::string answer =
      answer_to(session, "a=rid:a send\r\na=rid:b recv\r\na=simulcast:send a;b;c\r\n");
  EXPECT_EQ(value_of(parsed(answer).sections[0], "simulcast"), "recv a");
}

TEST(Layers, KeepTheirRestrictionsAndNeedACodecThatIsTaken) {
  MediaSession session = make_session();
  const std::string answer = answer_to(session,
                                       "a=rid:a send pt=96;max-width=640\r\na=rid:b send pt=97\r\n"
                                       "a=rid:c send pt=97,96\r\na=simulcast:send a;b;c\r\n");
  EXPECT_EQ(value_of(parsed(answer).sections[0], "simulcast"), "recv a;c");
  EXPECT_EQ(values_of(parsed(answer).sections[0], "rid"),
            (std::set<std::string>{"a recv pt=96;max-width=640", "c recv pt=97,96"}));
}

TEST(Layers, OfAPeerThatWantsToReceiveThemAreNotSent) {
  MediaSession session = make_session();
  const std::string answer = answer_to(session, "a=rid:a recv\r\na=simulcast:recv a\r\n");
  EXPECT_THAT(answer, Not(HasSubstr("simulcast")));
}

class RecordedLayers : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] std::string recorded(const std::string& name) const {
    return fixture(GetParam() + "-" + name);
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, RecordedLayers, testing::Values("chromium", "firefox"),
                         [](const auto& one) { return one.param; });

TEST_P(RecordedLayers, OfABrowsersOfferOutliveOurOffers) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(recorded("offer-simulcast")).ok());
  session.add_receive(TrackId("cam"), Kind::Video, "0");
  (void)session.make_answer(local_transport());
  EXPECT_THAT(rids_of(session), ElementsAre("1", "2", "3"));
  session.attach(TrackId("a2"), Kind::Audio, "p2/camera");
  (void)session.make_offer(local_transport());
  const auto applied = session.apply_answer(recorded("answer-after-simulcast"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_THAT(rids_of(session), ElementsAre("1", "2", "3"));
}

TEST_P(RecordedLayers, OfAnOfferBoundLaterAreThere) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(recorded("offer-simulcast-unbound")).ok());
  (void)session.make_answer(local_transport());
  session.add_receive(TrackId("cam"), Kind::Video, "0");
  (void)session.make_offer(local_transport());
  ASSERT_TRUE(session.apply_answer(recorded("answer-simulcast-bound-later")).ok());
  EXPECT_THAT(rids_of(session), ElementsAre("1", "2"));
}

TEST_P(RecordedLayers, ComeWithTransportWideFeedbackBothWays) {
  Policy policy;
  policy.transport_cc = true;
  MediaSession session = make_session(true, policy);
  session.add_receive(TrackId("mic"), Kind::Audio);
  session.add_receive(TrackId("cam"), Kind::Video);
  session.attach(TrackId("a2"), Kind::Audio, "p2/camera");
  session.attach(TrackId("v2"), Kind::Video, "p2/camera");
  (void)session.make_offer(local_transport());
  const auto applied = session.apply_answer(recorded("answer-transport-cc"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  for (const auto& [track, media] : session.receiving()) {
    EXPECT_TRUE(media.transport_cc) << track.str();
    EXPECT_NE(media.extensions.id(Extension::TransportCc), 0);
    // Firefox has the extension of REMB on video alone.
    if (media.kind == Kind::Video) {
      EXPECT_NE(media.extensions.id(Extension::AbsSendTime), 0);
    }
    EXPECT_EQ(media.remb, media.kind == Kind::Video) << "what is fallen back to";
  }
  for (const media::Send& send : session.sending()) {
    EXPECT_TRUE(send.transport_cc) << send.mid;
    EXPECT_NE(send.extensions.id(Extension::TransportCc), 0);
    if (send.kind == Kind::Video) {
      EXPECT_NE(send.extensions.id(Extension::AbsSendTime), 0);
    }
  }
}

}  // namespace
}  // namespace parley::sdp::test
