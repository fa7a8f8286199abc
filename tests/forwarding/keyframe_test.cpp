#include "forwarding/keyframe.hpp"

#include <gtest/gtest.h>

#include "tests/forwarding/support/rtp.hpp"

namespace parley::forwarding::test {
namespace {

using media::CodecName;

TEST(Keyframe, Vp8IsTheFirstPartitionOfAFrameWithoutThePBit) {
  EXPECT_TRUE(starts_keyframe(CodecName::Vp8, Buffer{0x10, 0x00}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp8, Buffer{0x10, 0x01}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp8, Buffer{0x00, 0x00})) << "goes on with a partition";
  EXPECT_FALSE(starts_keyframe(CodecName::Vp8, Buffer{0x11, 0x00})) << "another partition";
}

TEST(Keyframe, Vp8IsFoundBehindEveryDescriptorExtension) {
  // X; I with 7 bits; I with 15 bits; all of I L T K.
  EXPECT_TRUE(starts_keyframe(CodecName::Vp8, Buffer{0x90, 0x00, 0x00}));
  EXPECT_TRUE(starts_keyframe(CodecName::Vp8, Buffer{0x90, 0x80, 0x7f, 0x00}));
  EXPECT_TRUE(starts_keyframe(CodecName::Vp8, Buffer{0x90, 0x80, 0xff, 0xff, 0x00}));
  EXPECT_TRUE(starts_keyframe(CodecName::Vp8, Buffer{0x90, 0xf0, 0xff, 0xff, 0x01, 0x41, 0x00}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp8, Buffer{0x90, 0xf0, 0xff, 0xff, 0x01, 0x41, 0x01}));
}

TEST(Keyframe, Vp9IsTheBeginningOfAPictureThatIsNotPredicted) {
  EXPECT_TRUE(starts_keyframe(CodecName::Vp9, Buffer{0x08}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp9, Buffer{0x48})) << "P";
  EXPECT_FALSE(starts_keyframe(CodecName::Vp9, Buffer{0x00})) << "not B";
}

TEST(Keyframe, Vp9WithLayersIsTheBaseSpatialLayer) {
  EXPECT_TRUE(starts_keyframe(CodecName::Vp9, Buffer{0xa8, 0x81, 0x02, 0x00}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp9, Buffer{0xa8, 0x81, 0x02, 0x02}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp9, Buffer{0xa8, 0x01, 0x03}))
      << "upper layer, inter-layer";
}

TEST(Keyframe, H264IsASpsOrAnIdrSlice) {
  EXPECT_TRUE(starts_keyframe(CodecName::H264, Buffer{0x67, 1}));
  EXPECT_TRUE(starts_keyframe(CodecName::H264, Buffer{0x65, 1}));
  EXPECT_FALSE(starts_keyframe(CodecName::H264, Buffer{0x68, 1})) << "PPS";
  EXPECT_FALSE(starts_keyframe(CodecName::H264, Buffer{0x61, 1}));
}

TEST(Keyframe, H264IsFoundInAggregatesAndFragments) {
  EXPECT_TRUE(starts_keyframe(CodecName::H264, Buffer{0x78, 0, 2, 0x68, 1, 0, 2, 0x67, 1}));
  EXPECT_FALSE(starts_keyframe(CodecName::H264, Buffer{0x78, 0, 2, 0x68, 1, 0, 2, 0x61, 1}));
  EXPECT_TRUE(starts_keyframe(CodecName::H264, Buffer{0x7c, 0x85}));
  EXPECT_FALSE(starts_keyframe(CodecName::H264, Buffer{0x7c, 0x05})) << "a later fragment";
  EXPECT_FALSE(starts_keyframe(CodecName::H264, Buffer{0x7c, 0x81}));
}

TEST(Keyframe, Av1IsTheFirstPacketOfACodedVideoSequence) {
  EXPECT_TRUE(starts_keyframe(CodecName::Av1, Buffer{0x08}));
  EXPECT_TRUE(starts_keyframe(CodecName::Av1, Buffer{0x58}));
  EXPECT_FALSE(starts_keyframe(CodecName::Av1, Buffer{0x10}));
  EXPECT_FALSE(starts_keyframe(CodecName::Av1, Buffer{0x88}));
}

TEST(Keyframe, ATruncatedPayloadIsNone) {
  for (const Buffer& payload :
       {Buffer{}, Buffer{0x10}, Buffer{0x90}, Buffer{0x90, 0xf0}, Buffer{0x90, 0x80, 0x80}})
    EXPECT_FALSE(starts_keyframe(CodecName::Vp8, payload));
  for (const Buffer& payload :
       {Buffer{}, Buffer{0xa8}, Buffer{0xa8, 0x81}, Buffer{0xa8, 0x81, 0x02}})
    EXPECT_FALSE(starts_keyframe(CodecName::Vp9, payload));
  for (const Buffer& payload : {Buffer{}, Buffer{0x78, 0}, Buffer{0x78, 0, 9}, Buffer{0x7c}})
    EXPECT_FALSE(starts_keyframe(CodecName::H264, payload));
  EXPECT_FALSE(starts_keyframe(CodecName::Av1, {}));
}

TEST(Keyframe, SoundCanAlwaysBegin) {
  EXPECT_TRUE(starts_keyframe(CodecName::Opus, Buffer{1}));
}

}  // namespace
}  // namespace parley::forwarding::test
