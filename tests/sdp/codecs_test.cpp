#include "signaling/sdp/codecs.hpp"

#include <set>

#include <gtest/gtest.h>

namespace parley::sdp::test {
namespace {

using media::CodecName;
using media::Kind;

std::optional<CodecFormat> video(std::string_view encoding, std::string_view fmtp) {
  const auto index = find_format(Kind::Video, encoding, 90000, 0, fmtp);
  return index ? std::optional(codec_formats()[*index]) : std::nullopt;
}

TEST(Codecs, ReadsH264ProfilesByTheBitsThatMatter) {
  EXPECT_EQ(h264_profile("42e01f"), H264Profile::ConstrainedBaseline);
  EXPECT_EQ(h264_profile("42C02A"), H264Profile::ConstrainedBaseline);
  EXPECT_EQ(h264_profile("4d801f"), H264Profile::ConstrainedBaseline);
  EXPECT_EQ(h264_profile("58f01f"), H264Profile::ConstrainedBaseline);
  EXPECT_EQ(h264_profile("42001f"), H264Profile::Baseline);
  EXPECT_EQ(h264_profile("42a01f"), H264Profile::Baseline);
  EXPECT_EQ(h264_profile("58a01f"), H264Profile::Baseline);
  EXPECT_EQ(h264_profile("4d001f"), H264Profile::Main);
  EXPECT_EQ(h264_profile("4d401f"), H264Profile::Main);
  EXPECT_EQ(h264_profile("64001f"), H264Profile::High);
  EXPECT_EQ(h264_profile("640c1f"), H264Profile::ConstrainedHigh);
}

TEST(Codecs, RefusesH264ProfilesItDoesNotKnowAndBrokenOnes) {
  EXPECT_EQ(h264_profile("f4001f"), std::nullopt);
  EXPECT_EQ(h264_profile("6e001f"), std::nullopt);
  EXPECT_EQ(h264_profile("58001f"), std::nullopt);
  EXPECT_EQ(h264_profile(""), std::nullopt);
  EXPECT_EQ(h264_profile("42e0"), std::nullopt);
  EXPECT_EQ(h264_profile("42e01f00"), std::nullopt);
  EXPECT_EQ(h264_profile("42e0zz"), std::nullopt);
  EXPECT_EQ(h264_profile("-2e01f"), std::nullopt);
}

TEST(Codecs, TellsH264PacketizationModesApart) {
  const auto one =
      video("H264", "profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1");
  const auto zero =
      video("H264", "level-asymmetry-allowed=1; packetization-mode=0; profile-level-id=42e01f");
  ASSERT_TRUE(one && zero);
  EXPECT_EQ(one->packetization_mode, 1);
  EXPECT_EQ(zero->packetization_mode, 0);
  EXPECT_EQ(video("H264", "profile-level-id=42e01f")->packetization_mode, 0);
  EXPECT_FALSE(video("H264", "profile-level-id=42e01f;packetization-mode=2"));
}

TEST(Codecs, IgnoresTheLevel) {
  EXPECT_EQ(
      find_format(Kind::Video, "h264", 90000, 0, "profile-level-id=42e034;packetization-mode=1"),
      find_format(Kind::Video, "H264", 90000, 0, "profile-level-id=42e01f;packetization-mode=1"));
}

TEST(Codecs, H264WithoutAProfileIsBaseline) {
  EXPECT_EQ(video("H264", "packetization-mode=1")->profile,
            static_cast<int>(H264Profile::Baseline));
}

TEST(Codecs, TellsVp9AndAv1ProfilesApart) {
  EXPECT_TRUE(video("VP9", "")->offered);
  EXPECT_EQ(video("VP9", "profile-id=0")->payload_type, video("VP9", "")->payload_type);
  EXPECT_EQ(video("VP9", "profile-id=2")->profile, 2);
  EXPECT_FALSE(video("VP9", "profile-id=9"));
  EXPECT_FALSE(video("VP9", "profile-id=x"));
  EXPECT_EQ(video("AV1", "level-idx=5;profile=0;tier=0")->name, CodecName::Av1);
  EXPECT_TRUE(video("AV1", ""));
  EXPECT_FALSE(video("AV1", "profile=1"));
}

TEST(Codecs, ClockRateAndChannelsHaveToFit) {
  EXPECT_TRUE(find_format(Kind::Audio, "OPUS", 48000, 2, ""));
  EXPECT_FALSE(find_format(Kind::Audio, "opus", 48000, 1, ""));
  EXPECT_FALSE(find_format(Kind::Audio, "opus", 48000, 0, ""));
  EXPECT_FALSE(find_format(Kind::Audio, "opus", 16000, 2, ""));
  EXPECT_FALSE(find_format(Kind::Video, "VP8", 48000, 0, ""));
  EXPECT_FALSE(find_format(Kind::Audio, "VP8", 90000, 0, ""));
  EXPECT_FALSE(find_format(Kind::Audio, "PCMU", 8000, 0, ""));
}

TEST(Codecs, ReadsParametersWithSpacesAndInAnyCase) {
  EXPECT_EQ(fmtp_parameter("a=1; B=2 ;c", "b"), "2 ");
  EXPECT_EQ(fmtp_parameter("a=1;c", "c"), "");
  EXPECT_EQ(fmtp_parameter("ab=1", "a"), std::nullopt);
  EXPECT_EQ(fmtp_parameter("", "a"), std::nullopt);
}

TEST(Codecs, AnswersOnlyWithWhatNamesTheFormat) {
  const auto h264 =
      find_format(Kind::Video, "H264", 90000, 0, "profile-level-id=4d401f;packetization-mode=1");
  EXPECT_EQ(
      agreed_fmtp(
          *h264,
          "packetization-mode=1;profile-level-id=4d401f;sprop-parameter-sets=Z01A,aOvv;max-fs=9"),
      "packetization-mode=1;profile-level-id=4d401f");
  EXPECT_EQ(agreed_fmtp(*find_format(Kind::Video, "VP8", 90000, 0, ""), "max-fs=12288;max-fr=60"),
            "");
  EXPECT_EQ(agreed_fmtp(*find_format(Kind::Audio, "opus", 48000, 2, ""), "stereo=1"),
            "minptime=10;useinbandfec=1");
}

TEST(Codecs, OurPayloadTypesAreDistinctAndAllowedBesideRtcp) {
  std::set<int> seen;
  for (const CodecFormat& format : codec_formats()) {
    for (const int number : {int{format.payload_type}, int{format.rtx_payload_type}}) {
      if (number == 0) continue;
      EXPECT_TRUE(seen.insert(number).second) << number;
      EXPECT_TRUE((number >= 96 && number <= 127) || (number >= 35 && number <= 63)) << number;
    }
    EXPECT_EQ(format.offered, format.payload_type != 0);
  }
}

}  // namespace
}  // namespace parley::sdp::test
