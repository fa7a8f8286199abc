#include "forwarding/codec_match.hpp"

#include <gtest/gtest.h>

#include "tests/forwarding/support/rtp.hpp"

namespace parley::forwarding::test {
namespace {

media::Codec vp9(std::string_view fmtp) {
  return {media::CodecName::Vp9, 98, std::nullopt, 90000, 0, std::string(fmtp)};
}

TEST(CodecMatch, TakesTheSameNameUnderAnotherPayloadType) {
  const std::vector<media::Codec> decodable{opus(63), vp8(100)};
  EXPECT_EQ(find_compatible(decodable, vp8(96)), &decodable[1]);
  EXPECT_EQ(find_compatible(decodable, h264()), nullptr);
  EXPECT_EQ(find_compatible({}, opus()), nullptr);
}

TEST(CodecMatch, H264NeedsTheProfileWhateverTheLevelAndTheConstraints) {
  const std::vector<media::Codec> decodable{
      h264(1, 2, "profile-level-id=640c1f;packetization-mode=1"),
      h264(3, 4, "level-asymmetry-allowed=1; profile-level-id=42001F; packetization-mode=1")};
  EXPECT_EQ(find_compatible(decodable, h264()), &decodable[1]);
  EXPECT_EQ(find_compatible(decodable, h264(1, 2, "packetization-mode=1;profile-level-id=4d001f")),
            nullptr);
}

TEST(CodecMatch, H264InFragmentsNeedsADecoderThatTakesThem) {
  const auto single = h264(1, 2, "profile-level-id=42e01f");
  const auto fragments = h264(1, 2, "profile-level-id=42e01f;packetization-mode=1");
  EXPECT_EQ(find_compatible({single}, fragments), nullptr);
  EXPECT_NE(find_compatible({fragments}, single), nullptr);
}

TEST(CodecMatch, Vp9WithoutAProfileIsProfileZero) {
  EXPECT_NE(find_compatible({vp9("profile-id=0")}, vp9("")), nullptr);
  EXPECT_EQ(find_compatible({vp9("profile-id=2")}, vp9("")), nullptr);
}

}  // namespace
}  // namespace parley::forwarding::test
