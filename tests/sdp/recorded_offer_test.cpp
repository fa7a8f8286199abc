// Offers of browsers and broadcasters, recorded.
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

class RecordedOffer : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] std::string recorded(const std::string& name) const {
    return fixture(GetParam() + "-offer-" + name);
  }
  [[nodiscard]] std::string recorded_answer(const std::string& name) const {
    return fixture(GetParam() + "-answer-" + name);
  }
};
INSTANTIATE_TEST_SUITE_P(Browsers, RecordedOffer, testing::Values("chromium", "firefox"),
                         [](const auto& one) { return one.param; });

TEST_P(RecordedOffer, ToPublishIsAnsweredInItsOwnNumbers) {
  MediaSession session = make_session();
  const std::string sdp = recorded("publish");
  const auto applied = session.apply_offer(sdp);
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  ASSERT_EQ(applied->incoming.size(), 2u);
  EXPECT_EQ(applied->incoming[0].mid, "0");
  EXPECT_EQ(applied->incoming[0].kind, Kind::Audio);
  EXPECT_EQ(applied->incoming[1].kind, Kind::Video);
  EXPECT_FALSE(applied->transport.data_channel);
  EXPECT_EQ(applied->transport.setup, Setup::ActPass);
  EXPECT_EQ(session.add_receive(TrackId("mic"), Kind::Audio, "0"), "0");
  EXPECT_EQ(session.add_receive(TrackId("cam"), Kind::Video, "1"), "1");

  const Description offer = parsed(sdp);
  const Description answer = parsed(answer_of(session));
  EXPECT_TRUE(answer.attributes.has("ice-lite"));
  EXPECT_EQ(answer.attributes.find("group")->value, "BUNDLE 0 1");
  ASSERT_EQ(answer.sections.size(), 2u);
  EXPECT_TRUE(answer.sections[0].attributes.has("end-of-candidates"));
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(direction_of(answer.sections[i]), "recvonly");
    EXPECT_EQ(value_of(answer.sections[i], "setup"), "passive");
    for (const std::string& rtpmap : values_of(answer.sections[i], "rtpmap"))
      EXPECT_TRUE(values_of(offer.sections[i], "rtpmap").contains(rtpmap)) << rtpmap;
    for (const std::string& extension : values_of(answer.sections[i], "extmap"))
      EXPECT_TRUE(values_of(offer.sections[i], "extmap").contains(extension)) << extension;
    EXPECT_FALSE(values_of(answer.sections[i], "extmap").empty());
  }
  EXPECT_EQ(session.receiving().size(), 2u);
  EXPECT_EQ(session.codec_of(TrackId("cam"))->name, CodecName::Vp8);
}

TEST_P(RecordedOffer, UnboundMediaIsNotTaken) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(recorded("publish")).ok());
  const Description answer = parsed(answer_of(session));
  EXPECT_EQ(direction_of(answer.sections[0]), "inactive");
  EXPECT_TRUE(session.receiving().empty());
  session.add_receive(TrackId("mic"), Kind::Audio, "0");
  EXPECT_TRUE(session.needs_offer()) << "bound later, so our own offer has to say so";
}

TEST_P(RecordedOffer, BothWaysGivesSlotsToo) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(recorded("both-ways")).ok());
  session.add_receive(TrackId("mic"), Kind::Audio, "0");
  session.add_receive(TrackId("cam"), Kind::Video, "1");
  const Description answer = parsed(answer_of(session));
  EXPECT_EQ(direction_of(answer.sections[0]), "sendrecv");
  EXPECT_EQ(value_of(answer.sections[0], "msid"), "seat0 0");
  EXPECT_EQ(value_of(answer.sections[1], "msid"), "seat0 1") << "audio and video of one publisher";
  EXPECT_FALSE(session.needs_offer());
  const auto slot = session.attach(TrackId("v"), Kind::Video, "p2/camera");
  EXPECT_EQ(slot.mid, "1");
  EXPECT_FALSE(slot.needs_offer);
  EXPECT_FALSE(session.needs_offer());
}

TEST_P(RecordedOffer, ToWatchGetsSlotsOfOneSeat) {
  MediaSession session = make_session(false);
  const auto applied = session.apply_offer(recorded("watch"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_TRUE(applied->incoming.empty());
  const auto slot = session.attach(TrackId("v"), Kind::Video, "p2/camera");
  EXPECT_EQ(slot.mid, "1");
  EXPECT_TRUE(slot.needs_offer) << "live with the answer, not before";
  EXPECT_EQ(session.attach(TrackId("a"), Kind::Audio, "p2/camera").mid, "0");
  const Description answer = parsed(answer_of(session));
  EXPECT_EQ(direction_of(answer.sections[1]), "sendonly");
  EXPECT_EQ(value_of(answer.sections[1], "ssrc-group"), "FID 1000001 1000002");
  EXPECT_EQ(session.sending().size(), 2u);
  EXPECT_FALSE(session.attach(TrackId("v"), Kind::Video, "p2/camera").needs_offer);
  EXPECT_FALSE(session.needs_offer());
}

TEST_P(RecordedOffer, OfADataChannelAlone) {
  MediaSession session = make_session();
  const auto applied = session.apply_offer(recorded("data-only"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_TRUE(applied->transport.data_channel);
  const Description answer = parsed(answer_of(session));
  EXPECT_EQ(answer.sections[0].head.media, "application");
  EXPECT_EQ(value_of(answer.sections[0], "sctp-port"), "5000");
  EXPECT_FALSE(session.needs_offer());
}

TEST_P(RecordedOffer, OfADataChannelIsRejectedWhereThereIsNone) {
  MediaSession session = make_session(false);
  EXPECT_THAT(session.apply_offer(recorded("data-only")).error().message,
              HasSubstr("no m= line can be taken"));
  ASSERT_TRUE(session.apply_offer(recorded("both-ways")).ok());
  const Description answer = parsed(answer_of(session));
  EXPECT_EQ(direction_of(answer.sections[2]), "rejected");
  EXPECT_EQ(answer.attributes.find("group")->value, "BUNDLE 0 1");
}

TEST_P(RecordedOffer, WithSimulcastIsAnsweredByPolicy) {
  MediaSession session = make_session();
  ASSERT_TRUE(session.apply_offer(recorded("simulcast")).ok());
  session.add_receive(TrackId("cam"), Kind::Video, "0");
  const Description answer = parsed(answer_of(session));
  EXPECT_EQ(value_of(answer.sections[0], "simulcast"), "recv 1;2;3");
  EXPECT_EQ(values_of(answer.sections[0], "rid"),
            (std::set<std::string>{"1 recv", "2 recv", "3 recv"}));
  const media::Receive receive = session.receiving().at(0).media;
  EXPECT_THAT(receive.rids, ElementsAre("1", "2", "3"));
  EXPECT_NE(receive.extensions.id(Extension::Rid), 0);
  EXPECT_NE(receive.extensions.id(Extension::RepairedRid), 0);

  Policy policy;
  policy.simulcast = false;
  MediaSession plain = make_session(true, policy);
  ASSERT_TRUE(plain.apply_offer(recorded("simulcast")).ok());
  plain.add_receive(TrackId("cam"), Kind::Video, "0");
  EXPECT_FALSE(parsed(answer_of(plain)).sections[0].attributes.has("simulcast"));
  EXPECT_TRUE(plain.receiving().at(0).media.rids.empty());
}

TEST_P(RecordedOffer, LaterOffersOfOursKeepItsNumbers) {
  MediaSession session = make_session();
  const std::string sdp = recorded("publish");
  ASSERT_TRUE(session.apply_offer(sdp).ok());
  session.add_receive(TrackId("mic"), Kind::Audio, "0");
  session.add_receive(TrackId("cam"), Kind::Video, "1");
  (void)answer_of(session);
  session.attach(TrackId("a2"), Kind::Audio, "p2/camera");
  const std::string mid = session.attach(TrackId("v2"), Kind::Video, "p2/camera").mid;
  const Description peer = parsed(sdp);
  const Description offer = parsed(session.make_offer(local_transport()));
  const auto number = [](const Section& section, std::string_view encoding) {
    for (const std::string& rtpmap : values_of(section, "rtpmap"))
      if (rtpmap.ends_with(encoding)) return rtpmap.substr(0, rtpmap.find(' '));
    return std::string();
  };
  EXPECT_EQ(number(section_of(offer, mid), " VP8/90000"), number(peer.sections[1], " VP8/90000"));
  EXPECT_EQ(number(section_of(offer, "0"), " opus/48000/2"),
            number(peer.sections[0], " opus/48000/2"));
  const std::set<std::string> theirs = values_of(peer.sections[1], "rtpmap");
  std::set<std::string> taken;
  for (const std::string& rtpmap : theirs) taken.insert(rtpmap.substr(0, rtpmap.find(' ')));
  for (const std::string& rtpmap : values_of(section_of(offer, mid), "rtpmap"))
    EXPECT_TRUE(theirs.contains(rtpmap) || !taken.contains(rtpmap.substr(0, rtpmap.find(' '))))
        << rtpmap;
  const auto applied = session.apply_answer(recorded_answer("after-own-offer"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_EQ(session.receiving().size(), 2u);
  EXPECT_EQ(session.sending().size(), 2u);
}

TEST_P(RecordedOffer, AddedToOurMLinesKeepsThem) {
  MediaSession session = make_session();
  session.attach(TrackId("a2"), Kind::Audio, "p2/camera");
  session.attach(TrackId("v2"), Kind::Video, "p2/camera");
  (void)session.make_offer(local_transport());
  ASSERT_TRUE(session.apply_answer(recorded_answer("first")).ok());
  const auto applied = session.apply_offer(recorded("added-to-ours"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  ASSERT_EQ(applied->incoming.size(), 1u);
  (void)answer_of(session);
  session.add_receive(TrackId("cam"), Kind::Video, applied->incoming[0].mid);
  (void)session.make_offer(local_transport());
  const auto bound = session.apply_answer(recorded_answer("bound-later"));
  ASSERT_TRUE(bound.ok()) << bound.error().message;
  EXPECT_THAT(bound->accepted, ElementsAre(TrackId("cam")));
  EXPECT_EQ(session.sending().size(), 2u);
}

TEST_P(RecordedOffer, RejectedMLinesAreRecycledByBothEnds) {
  MediaSession session = make_session();
  session.attach(TrackId("v2"), Kind::Video, "p2/camera");
  session.attach(TrackId("v3"), Kind::Video, "p3/camera");
  (void)session.make_offer(local_transport());
  ASSERT_TRUE(session.apply_answer(recorded_answer("before-rejection")).ok());
  session.detach(TrackId("v2"));
  const auto rejected = session.apply_offer(recorded("rejected"));
  ASSERT_TRUE(rejected.ok()) << rejected.error().message;
  EXPECT_EQ(direction_of(parsed(answer_of(session)).sections[1]), "rejected");
  EXPECT_TRUE(session.sending().at(0).codecs.empty());

  session.attach(TrackId("a2"), Kind::Audio, "p2/camera");
  const Description offer = parsed(session.make_offer(local_transport()));
  ASSERT_EQ(offer.sections.size(), 3u);
  EXPECT_EQ(offer.sections[1].head.media, "audio");
  EXPECT_EQ(value_of(offer.sections[1], "mid"), "s3") << "a new m-line in the old one's place";
  const auto recycled = session.apply_answer(recorded_answer("recycled"));
  ASSERT_TRUE(recycled.ok()) << recycled.error().message;

  ASSERT_TRUE(session.apply_offer(recorded("rejected-again")).ok());
  (void)answer_of(session);
  const auto theirs = session.apply_offer(recorded("recycled"));
  ASSERT_TRUE(theirs.ok()) << theirs.error().message;
  EXPECT_EQ(theirs->incoming.size(), 1u);
  EXPECT_EQ(section_count(answer_of(session)), 3u);
}

TEST(PeerOffer, OfObsIsTaken) {
  MediaSession session = make_session(false);
  const auto applied = session.apply_offer(fixture("obs-offer-whip"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  ASSERT_EQ(applied->incoming.size(), 2u);
  EXPECT_EQ(applied->incoming[0].stream, "vLJmT0cbrkTtNSpd");
  EXPECT_EQ(applied->transport.ufrag, "jxA+");
  session.add_receive(TrackId("mic"), Kind::Audio, "0");
  session.add_receive(TrackId("cam"), Kind::Video, "1");
  const Description answer = parsed(answer_of(session));
  EXPECT_EQ(value_of(answer.sections[0], "rtpmap"), "111 opus/48000/2");
  EXPECT_EQ(value_of(answer.sections[1], "rtpmap"), "96 H264/90000")
      << "96 is theirs, though VP8 had it in ours";
  EXPECT_FALSE(answer.sections[1].attributes.has("rtcp-rsize")) << "they did not say it";
  EXPECT_EQ(values_of(answer.sections[1], "rtcp-fb"),
            (std::set<std::string>{"96 nack", "96 nack pli", "96 goog-remb"}));
  EXPECT_EQ(session.receiving().at(1).media.ssrcs, std::vector<std::uint32_t>{1646873432});
}

TEST(PeerOffer, OfGStreamerIsTaken) {
  MediaSession session = make_session(false);
  const auto applied = session.apply_offer(fixture("gstreamer-offer-whip"));
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  ASSERT_EQ(applied->incoming.size(), 2u) << "bundle-only with port 0 is not rejected";
  session.add_receive(TrackId("cam"), Kind::Video, "video0");
  session.add_receive(TrackId("mic"), Kind::Audio, "audio1");
  const Description answer = parsed(answer_of(session));
  EXPECT_EQ(
      values_of(answer.sections[0], "fmtp"),
      (std::set<std::string>{"102 packetization-mode=1;profile-level-id=4d401f", "103 apt=102"}));
  EXPECT_EQ(direction_of(answer.sections[1]), "recvonly");
  const auto receiving = session.receiving();
  EXPECT_EQ(receiving.at(0).media.rtx.at(0),
            (std::pair<std::uint32_t, std::uint32_t>{3092218431, 3867421102}));
  EXPECT_TRUE(receiving.at(0).media.transport_cc);
  EXPECT_FALSE(receiving.at(0).media.remb) << "they did not offer it";
}

}  // namespace
}  // namespace parley::sdp::test
