#include "forwarding/payload_descriptor.hpp"

#include <gtest/gtest.h>

#include "tests/forwarding/support/rtp.hpp"

namespace parley::forwarding::test {
namespace {

using media::CodecName;

bool starts_keyframe(CodecName codec, Bytes payload) {
  return read_descriptor(codec, payload).starts_keyframe;
}

TEST(PayloadDescriptor, Vp8KeyframeIsTheFirstPartitionOfAFrameWithoutThePBit) {
  EXPECT_TRUE(starts_keyframe(CodecName::Vp8, Buffer{0x10, 0x00}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp8, Buffer{0x10, 0x01}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp8, Buffer{0x00, 0x00})) << "goes on with a partition";
  EXPECT_FALSE(starts_keyframe(CodecName::Vp8, Buffer{0x11, 0x00})) << "another partition";
}

TEST(PayloadDescriptor, Vp8KeyframeIsFoundBehindEveryDescriptorExtension) {
  // X; I with 7 bits; I with 15 bits; all of I L T K.
  EXPECT_TRUE(starts_keyframe(CodecName::Vp8, Buffer{0x90, 0x00, 0x00}));
  EXPECT_TRUE(starts_keyframe(CodecName::Vp8, Buffer{0x90, 0x80, 0x7f, 0x00}));
  EXPECT_TRUE(starts_keyframe(CodecName::Vp8, Buffer{0x90, 0x80, 0xff, 0xff, 0x00}));
  EXPECT_TRUE(starts_keyframe(CodecName::Vp8, Buffer{0x90, 0xf0, 0xff, 0xff, 0x01, 0x41, 0x00}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp8, Buffer{0x90, 0xf0, 0xff, 0xff, 0x01, 0x41, 0x01}));
}

TEST(PayloadDescriptor, Vp9KeyframeIsTheBeginningOfAPictureThatIsNotPredicted) {
  EXPECT_TRUE(starts_keyframe(CodecName::Vp9, Buffer{0x08}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp9, Buffer{0x48})) << "P";
  EXPECT_FALSE(starts_keyframe(CodecName::Vp9, Buffer{0x00})) << "not B";
}

TEST(PayloadDescriptor, Vp9KeyframeWithLayersIsTheBaseSpatialLayer) {
  EXPECT_TRUE(starts_keyframe(CodecName::Vp9, Buffer{0xa8, 0x81, 0x02, 0x00, 0x00}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp9, Buffer{0xa8, 0x81, 0x02, 0x02, 0x00}));
  EXPECT_FALSE(starts_keyframe(CodecName::Vp9, Buffer{0xa8, 0x01, 0x03, 0x00}))
      << "upper layer, inter-layer";
}

TEST(PayloadDescriptor, H264KeyframeIsASpsOrAnIdrSlice) {
  EXPECT_TRUE(starts_keyframe(CodecName::H264, Buffer{0x67, 1}));
  EXPECT_TRUE(starts_keyframe(CodecName::H264, Buffer{0x65, 1}));
  EXPECT_FALSE(starts_keyframe(CodecName::H264, Buffer{0x68, 1})) << "PPS";
  EXPECT_FALSE(starts_keyframe(CodecName::H264, Buffer{0x61, 1}));
}

TEST(PayloadDescriptor, H264KeyframeIsFoundInAggregatesAndFragments) {
  EXPECT_TRUE(starts_keyframe(CodecName::H264, Buffer{0x78, 0, 2, 0x68, 1, 0, 2, 0x67, 1}));
  EXPECT_FALSE(starts_keyframe(CodecName::H264, Buffer{0x78, 0, 2, 0x68, 1, 0, 2, 0x61, 1}));
  EXPECT_TRUE(starts_keyframe(CodecName::H264, Buffer{0x7c, 0x85}));
  EXPECT_FALSE(starts_keyframe(CodecName::H264, Buffer{0x7c, 0x05})) << "a later fragment";
  EXPECT_FALSE(starts_keyframe(CodecName::H264, Buffer{0x7c, 0x81}));
}

TEST(PayloadDescriptor, Av1KeyframeIsTheFirstPacketOfACodedVideoSequence) {
  EXPECT_TRUE(starts_keyframe(CodecName::Av1, Buffer{0x08}));
  EXPECT_TRUE(starts_keyframe(CodecName::Av1, Buffer{0x58}));
  EXPECT_FALSE(starts_keyframe(CodecName::Av1, Buffer{0x10}));
  EXPECT_FALSE(starts_keyframe(CodecName::Av1, Buffer{0x88}));
}

TEST(PayloadDescriptor, ATruncatedPayloadIsNoKeyframe) {
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

TEST(PayloadDescriptor, SoundCanAlwaysBegin) {
  EXPECT_TRUE(starts_keyframe(CodecName::Opus, Buffer{1}));
}

}  // namespace
}  // namespace parley::forwarding::test
