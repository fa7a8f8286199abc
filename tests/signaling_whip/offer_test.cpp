#include "signaling/whip/offer.hpp"

#include <gmock/gmock.h>

#include "signaling/sdp/media_session.hpp"
#include "signaling/whip/trickle.hpp"

namespace parley::signaling::whip {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// What an encoder says that has one stream of each kind and tells all it knows at once: the
/// transport in the session's part, one codec a kind, no rtcp-rsize, no extensions.
std::string encoder_offer(const std::string& video, const std::string& direction = "sendonly") {
  return "v=0\r\no=rtc 3767197920 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
         "a=group:BUNDLE 0 1\r\na=group:LS 0 1\r\na=msid-semantic:WMS *\r\na=setup:actpass\r\n"
         "a=ice-ufrag:GxVi\r\na=ice-pwd:gBRvyCUdW9mtPJ1WuTNMFw\r\na=ice-options:ice2,trickle\r\n"
         "a=fingerprint:sha-256 "
         "2E:5B:70:4C:69:5A:CB:63:24:DC:C5:FF:66:BC:33:2A:CF:62:47:57:79:AF:55:98:0B:1B:15:A1:45:"
         "D9:"
         "9E:31\r\n"
         "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=" +
         direction +
         "\r\na=ssrc:3044106976 cname:qnKIJHjP\r\na=msid:stream audio\r\na=rtcp-mux\r\n"
         "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;stereo=1;sprop-stereo=1\r\n"
         "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=" +
         direction +
         "\r\na=ssrc:3044106977 cname:qnKIJHjP\r\na=msid:stream video\r\na=rtcp-mux\r\n" + video +
         "a=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 goog-remb\r\n"
         "a=candidate:1 1 UDP 2122317823 192.0.2.4 56789 typ host\r\na=end-of-candidates\r\n";
}
const std::string kH264 =
    "a=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\r\n";
const std::string kVp8 = "a=rtpmap:96 VP8/90000\r\n";

TEST(WhipOffer, CodecsAndIceAreReadOfWhatAnEncoderSays) {
  const auto offer = read_offer(Role::Ingest, encoder_offer(kH264));
  ASSERT_TRUE(offer) << offer.error().message;
  EXPECT_THAT(offer.value().of(media::Kind::Audio), ElementsAre(media::CodecName::Opus));
  EXPECT_THAT(offer.value().of(media::Kind::Video), ElementsAre(media::CodecName::H264));
  EXPECT_EQ(offer.value().ufrag, "GxVi");
}

TEST(WhipOffer, OnlyTheRolesDirectionCounts) {
  EXPECT_TRUE(read_offer(Role::Ingest, encoder_offer(kVp8, "sendrecv")));
  EXPECT_TRUE(read_offer(Role::Playback, encoder_offer(kVp8, "recvonly")));
  EXPECT_EQ(read_offer(Role::Playback, encoder_offer(kVp8)).error().code, "nothing_to_play");
  EXPECT_EQ(read_offer(Role::Ingest, encoder_offer(kVp8, "recvonly")).error().code,
            "nothing_to_publish");
  EXPECT_EQ(read_offer(Role::Ingest, encoder_offer(kVp8, "inactive")).error().code,
            "nothing_to_publish");
  EXPECT_EQ(read_offer(Role::Ingest, "nonsense").error().code, "bad_sdp");
}

TEST(WhipOffer, MoreThanOneSendingTrackOfAKindIsTooMany) {
  std::string offer = encoder_offer(kVp8);
  const std::string second = offer.substr(offer.find("m=video"));
  offer += second;
  EXPECT_EQ(read_offer(Role::Ingest, offer).error().code, "too_many_tracks");
}

/// Our answer to an offer, as a participant whose media flows one way.
std::string answer_to(const std::string& offer, bool sends, bool receives) {
  sdp::Options options;
  options.data_channel = false;
  options.max_lines = 0;
  options.sends = sends;
  options.receives = receives;
  options.next_ssrc = [ssrc = 1U]() mutable { return ++ssrc; };
  sdp::MediaSession session(options);
  const auto applied = session.apply_offer(offer);
  EXPECT_TRUE(applied) << applied.error().message;
  if (!applied) return {};
  for (const sdp::IncomingMedia& incoming : applied.value().incoming)
    session.add_receive(TrackId(incoming.mid), incoming.kind, incoming.mid);
  const std::string answer = session.make_answer({"ufrag", "password", "sha-256 AA", {}});
  EXPECT_FALSE(session.needs_offer());
  return answer;
}

TEST(WhipOffer, IsAnsweredInOneDirectionAlone) {
  for (const std::string& video : {kH264, kVp8}) {
    for (const char* direction : {"sendonly", "sendrecv"}) {
      const std::string answer = answer_to(encoder_offer(video, direction), false, true);
      EXPECT_THAT(answer, HasSubstr("a=recvonly"));
      EXPECT_THAT(answer, Not(HasSubstr("a=send")));
    }
    const std::string played = answer_to(encoder_offer(video, "recvonly"), true, false);
    EXPECT_THAT(played, HasSubstr("a=sendonly"));
    EXPECT_THAT(played, Not(HasSubstr("recv")));
  }
}

TEST(WhipOffer, APlayerWithoutSlotsLeftIsNotOfferedMore) {
  sdp::Options options;
  options.data_channel = false;
  options.max_lines = 0;
  options.next_ssrc = [ssrc = 1U]() mutable { return ++ssrc; };
  sdp::MediaSession session(options);
  ASSERT_TRUE(session.apply_offer(encoder_offer(kVp8, "recvonly")));
  (void)session.make_answer({"ufrag", "password", "sha-256 AA", {}});
  EXPECT_EQ(session.attach(TrackId("one"), media::Kind::Video, "ann/camera").mid, "1");
  EXPECT_THAT(session.attach(TrackId("two"), media::Kind::Video, "bob/camera").mid, IsEmpty());
  EXPECT_FALSE(session.needs_offer());
}

TEST(WhipFragment, IsReadWithAndWithoutWhatRfc8840WantsAhead) {
  const auto bare = read_fragment("a=ice-ufrag:abcd\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\n");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare.value().ufrag, "abcd");
  EXPECT_EQ(bare.value().candidates, 1u);
  EXPECT_FALSE(bare.value().ended);
  const auto whole = read_fragment(
      "v=0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=ice-ufrag:abcd\r\n"
      "a=ice-pwd:x\r\na=candidate:rubbish\r\na=end-of-candidates\r\n");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole.value().ufrag, "abcd");
  EXPECT_TRUE(whole.value().ended);
  EXPECT_EQ(read_fragment("{\"candidate\": 1}").error().code, "bad_fragment");
  EXPECT_EQ(read_fragment("").error().code, "bad_fragment");
}

}  // namespace
}  // namespace parley::signaling::whip
