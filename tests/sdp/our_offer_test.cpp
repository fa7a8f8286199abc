// What our own offers say.
#include <gtest/gtest.h>

#include "tests/sdp/support/harness.hpp"

namespace parley::sdp::test {
namespace {

using media::Kind;

TEST(OurOffer, CarriesTheTransportOnceForTheWholeSession) {
  MediaSession session = make_session();
  session.add_receive(TrackId("mic"), Kind::Audio);
  const Description offer = parsed(session.make_offer(local_transport()));
  EXPECT_EQ(offer.origin, "- 4711 1 IN IP4 127.0.0.1");
  const auto value = [&](const char* name) {
    const Attribute* attribute = offer.attributes.find(name);
    return attribute != nullptr ? attribute->value : std::string();
  };
  EXPECT_TRUE(offer.attributes.has("ice-lite"));
  EXPECT_EQ(value("ice-options"), "trickle");
  for (const Section& section : offer.sections) EXPECT_EQ(value_of(section, "setup"), "actpass");
  EXPECT_EQ(value("ice-ufrag"), "srvu");
  EXPECT_EQ(value("ice-pwd"), "serverpassword0123456789ab");
  EXPECT_EQ(value("fingerprint"), local_transport().fingerprint);
  EXPECT_EQ(value("msid-semantic"), "WMS *");
  EXPECT_TRUE(offer.attributes.has("extmap-allow-mixed"));
  EXPECT_EQ(value("group"), "BUNDLE s1 s0");
}

TEST(OurOffer, LeadsWithTheDataChannelWhichCarriesAllCandidates) {
  MediaSession session = make_session();
  session.add_receive(TrackId("mic"), Kind::Audio);
  const Description offer = parsed(session.make_offer(local_transport()));
  ASSERT_EQ(offer.sections.size(), 2u);
  const Section& data = offer.sections[0];
  EXPECT_EQ(data.head.media, "application");
  EXPECT_EQ(data.head.protocol, "UDP/DTLS/SCTP");
  EXPECT_EQ(data.head.formats, std::vector<std::string>{"webrtc-datachannel"});
  EXPECT_EQ(value_of(data, "sctp-port"), "5000");
  EXPECT_EQ(value_of(data, "max-message-size"), "262144");
  EXPECT_EQ(values_of(data, "candidate"),
            (std::set<std::string>{"1 1 udp 2130706431 127.0.0.1 10000 typ host",
                                   "2 1 udp 2130706175 ::1 10000 typ host"}));
  EXPECT_TRUE(data.attributes.has("end-of-candidates"));
  EXPECT_FALSE(offer.sections[1].attributes.has("candidate"));
}

TEST(OurOffer, HasAnMLineForTheTransportEvenWithNothingToSay) {
  MediaSession session = make_session(false);
  EXPECT_TRUE(session.needs_offer());
  const Description offer = parsed(session.make_offer(local_transport()));
  ASSERT_EQ(offer.sections.size(), 1u);
  EXPECT_EQ(offer.sections[0].head.media, "audio");
  EXPECT_EQ(direction_of(offer.sections[0]), "inactive");
  EXPECT_TRUE(offer.sections[0].attributes.has("end-of-candidates"));
  (void)session.apply_answer(Peer{}.answer(session.make_offer(local_transport())));
  EXPECT_FALSE(session.needs_offer());
  EXPECT_EQ(session.add_receive(TrackId("mic"), Kind::Audio), value_of(offer.sections[0], "mid"));
}

TEST(OurOffer, ReceivesVideoWithEveryCodecAndItsRetransmission) {
  MediaSession session = make_session();
  const std::string mid = session.add_receive(TrackId("cam"), Kind::Video);
  const Section video = section_of(parsed(session.make_offer(local_transport())), mid);
  EXPECT_EQ(direction_of(video), "recvonly");
  EXPECT_EQ(
      values_of(video, "rtpmap"),
      (std::set<std::string>{"96 VP8/90000", "97 rtx/90000", "98 VP9/90000", "99 rtx/90000",
                             "108 H264/90000", "109 rtx/90000", "102 H264/90000", "103 rtx/90000",
                             "116 H264/90000", "117 rtx/90000", "112 H264/90000", "113 rtx/90000",
                             "45 AV1/90000", "46 rtx/90000"}));
  EXPECT_EQ(values_of(video, "fmtp"),
            (std::set<std::string>{
                "97 apt=96", "98 profile-id=0", "99 apt=98", "109 apt=108", "103 apt=102",
                "117 apt=116", "113 apt=112",
                "108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
                "102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f",
                "116 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f",
                "112 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f",
                "45 level-idx=5;profile=0;tier=0", "46 apt=45"}));
  EXPECT_TRUE(video.attributes.has("rtcp-mux"));
  EXPECT_TRUE(video.attributes.has("rtcp-rsize"));
  EXPECT_FALSE(video.attributes.has("ssrc"));
  EXPECT_FALSE(video.attributes.has("msid"));
  EXPECT_EQ(value_of(video, "mid"), mid);
}

TEST(OurOffer, HasRedundantAudioBehindOpusAndAroundIt) {
  MediaSession session = make_session();
  const std::string mid = session.add_receive(TrackId("mic"), Kind::Audio);
  const Section section = section_of(parsed(session.make_offer(local_transport())), mid);
  EXPECT_EQ(section.head.formats, (std::vector<std::string>{"111", "63"}));
  EXPECT_TRUE(values_of(section, "rtpmap").contains("63 red/48000/2"));
  EXPECT_TRUE(values_of(section, "fmtp").contains("63 111/111"));
}

TEST(OurOffer, AsksForTheFeedbackTheServerGives) {
  MediaSession session = make_session();
  const std::string mid = session.add_receive(TrackId("cam"), Kind::Video);
  const std::string audio = session.add_receive(TrackId("mic"), Kind::Audio);
  const Description offer = parsed(session.make_offer(local_transport()));
  const auto feedback = values_of(section_of(offer, mid), "rtcp-fb");
  for (const char* one : {"96 nack", "96 nack pli", "96 ccm fir", "96 goog-remb", "45 nack"})
    EXPECT_TRUE(feedback.contains(one)) << one;
  EXPECT_TRUE(feedback.contains("96 transport-cc"));
  EXPECT_FALSE(feedback.contains("97 nack"));
  EXPECT_EQ(values_of(section_of(offer, audio), "rtcp-fb"),
            (std::set<std::string>{"111 transport-cc", "63 transport-cc"}));
  for (const std::string& one : {mid, audio})
    EXPECT_TRUE(values_of(section_of(offer, one), "extmap")
                    .contains("3 http://www.ietf.org/id/"
                              "draft-holmer-rmcat-transport-wide-cc-extensions-01"));
}

TEST(OurOffer, FeedbackIsSwitchedInOnePlace) {
  Policy policy;
  policy.remb = false;
  policy.transport_cc = false;
  policy.abs_send_time = false;
  MediaSession session = make_session(true, policy);
  const std::string video = session.add_receive(TrackId("cam"), Kind::Video);
  const std::string audio = session.add_receive(TrackId("mic"), Kind::Audio);
  const Description offer = parsed(session.make_offer(local_transport()));
  EXPECT_FALSE(values_of(section_of(offer, video), "rtcp-fb").contains("96 transport-cc"));
  EXPECT_FALSE(values_of(section_of(offer, video), "rtcp-fb").contains("96 goog-remb"));
  EXPECT_TRUE(values_of(section_of(offer, audio), "rtcp-fb").empty());
  for (const std::string& mid : {video, audio}) {
    const auto extensions = values_of(section_of(offer, mid), "extmap");
    EXPECT_FALSE(extensions.contains(
        "3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"));
    EXPECT_FALSE(
        extensions.contains("2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"));
  }
}

TEST(OurOffer, ListsHeaderExtensionsWhereTheyBelong) {
  MediaSession session = make_session();
  const std::string receive_video = session.add_receive(TrackId("cam"), Kind::Video);
  const std::string receive_audio = session.add_receive(TrackId("mic"), Kind::Audio);
  const std::string send_video = session.attach(TrackId("v"), Kind::Video, "p/camera").mid;
  const Description offer = parsed(session.make_offer(local_transport()));
  const std::string mid = "4 urn:ietf:params:rtp-hdrext:sdes:mid";
  const std::string abs_send_time = "2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
  const std::string number =
      "3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
  EXPECT_EQ(values_of(section_of(offer, receive_audio), "extmap"),
            (std::set<std::string>{mid, "1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
                                   abs_send_time, number}));
  const std::string dependencies =
      "12 https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension";
  const std::set<std::string> sent{mid, abs_send_time, number, dependencies,
                                   "13 urn:3gpp:video-orientation"};
  EXPECT_EQ(values_of(section_of(offer, send_video), "extmap"), sent);
  std::set<std::string> received = sent;
  received.insert({"10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
                   "11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"});
  EXPECT_EQ(values_of(section_of(offer, receive_video), "extmap"), received);
}

TEST(OurOffer, LeavesTheDependencyDescriptorOutWherePolicySaysSo) {
  Policy policy;
  policy.dependency_descriptor = false;
  MediaSession session = make_session(true, policy);
  session.attach(TrackId("v"), Kind::Video, "p/camera");
  EXPECT_EQ(session.make_offer(local_transport()).find("dependency-descriptor"), std::string::npos);
}

TEST(OurOffer, SlotsOfOneSeatShareAStream) {
  MediaSession session = make_session();
  const auto audio = session.attach(TrackId("a"), Kind::Audio, "p/camera");
  const auto video = session.attach(TrackId("v"), Kind::Video, "p/camera");
  const auto screen = session.attach(TrackId("s"), Kind::Video, "p/screen");
  EXPECT_TRUE(audio.needs_offer && video.needs_offer && screen.needs_offer);
  const Description offer = parsed(session.make_offer(local_transport()));
  const auto stream = [&](const std::string& mid) {
    const std::string msid = value_of(section_of(offer, mid), "msid");
    EXPECT_EQ(msid.substr(msid.find(' ') + 1), mid) << "each slot its own track id";
    return msid.substr(0, msid.find(' '));
  };
  EXPECT_EQ(stream(audio.mid), stream(video.mid));
  EXPECT_NE(stream(audio.mid), stream(screen.mid));
  EXPECT_EQ(direction_of(section_of(offer, audio.mid)), "sendonly");
  const Section& sent = section_of(offer, video.mid);
  EXPECT_EQ(value_of(sent, "ssrc-group"), "FID 1000001 1000002");
  const std::string cname = stream(video.mid);
  EXPECT_EQ(values_of(sent, "ssrc"),
            (std::set<std::string>{"1000001 cname:" + cname, "1000002 cname:" + cname}));
  EXPECT_EQ(values_of(section_of(offer, audio.mid), "ssrc"),
            std::set<std::string>{"1000000 cname:" + cname});
  EXPECT_FALSE(section_of(offer, audio.mid).attributes.has("ssrc-group"));
}

TEST(OurOffer, IsDueWhenSomethingIsNewAndNotWhileItIsInFlight) {
  MediaSession session = make_session();
  EXPECT_TRUE(session.needs_offer());
  const std::string first = session.make_offer(local_transport());
  EXPECT_FALSE(session.needs_offer());
  session.attach(TrackId("a"), Kind::Audio, "p/camera");
  EXPECT_TRUE(session.needs_offer());
  ASSERT_TRUE(session.apply_answer(Peer{}.answer(first)).ok());
  EXPECT_TRUE(session.needs_offer());
  EXPECT_EQ(parsed(session.make_offer(local_transport())).origin, "- 4711 2 IN IP4 127.0.0.1");
  EXPECT_FALSE(session.needs_offer());
}

TEST(OurOffer, CanBeMadeAgainWhenItsAnswerWasLost) {
  MediaSession session = make_session();
  session.attach(TrackId("a"), Kind::Audio, "p/camera");
  const std::string first = session.make_offer(local_transport());
  const std::string second = session.make_offer(local_transport());
  EXPECT_EQ(replaced(second, "4711 2", "4711 1"), first);
  EXPECT_TRUE(session.apply_answer(Peer{}.answer(second)).ok());
}

TEST(OurOffer, WhatWasNeverOfferedLeavesNoTrace) {
  MediaSession session = make_session();
  exchange(session, {});
  session.attach(TrackId("a"), Kind::Audio, "p/camera");
  session.add_receive(TrackId("mic"), Kind::Audio);
  session.detach(TrackId("a"));
  session.remove_receive(TrackId("mic"));
  EXPECT_FALSE(session.needs_offer());
  EXPECT_EQ(section_count(session.make_offer(local_transport())), 1u);
}

}  // namespace
}  // namespace parley::sdp::test
