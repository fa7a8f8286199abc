#include "forwarding/rtcp.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/forwarding/support/rtp.hpp"

namespace parley::forwarding::test {
namespace {

using ::testing::ElementsAre;

struct Seen : rtcp::Handler {
  void on_sender_report(const rtcp::SenderInfo& info) override { senders.push_back(info); }
  void on_report_block(const rtcp::ReportBlock& block) override { blocks.push_back(block); }
  void on_bye(std::uint32_t ssrc) override { byes.push_back(ssrc); }
  void on_nack(std::uint32_t media, std::uint16_t sequence) override {
    nacks.emplace_back(media, sequence);
  }
  void on_keyframe_request(std::uint32_t media) override { keyframes.push_back(media); }
  void on_remb(std::uint64_t bits) override { bitrates.push_back(bits); }

  std::vector<rtcp::SenderInfo> senders;
  std::vector<rtcp::ReportBlock> blocks;
  std::vector<std::uint32_t> byes;
  std::vector<std::pair<std::uint32_t, std::uint16_t>> nacks;
  std::vector<std::uint32_t> keyframes;
  std::vector<std::uint64_t> bitrates;
};

Seen read(Bytes bytes) {
  Seen seen;
  rtcp::read(bytes, seen);
  return seen;
}

TEST(Rtcp, ReportsComeBackAsTheyWereWritten) {
  rtcp::Writer writer;
  rtcp::ReportBlock block{7, 128, -3, 0x10002, 55, 0xabcd1234, 0x20000};
  ASSERT_TRUE(writer.sender_report({5, 0x0123456789abcdef, 99, 10, 1000}, {&block, 1}));
  ASSERT_TRUE(writer.cname(5, "someone"));
  block.ssrc = 8;
  block.lost = 0x7fffff;
  ASSERT_TRUE(writer.receiver_report(6, {&block, 1}));
  const Seen seen = read(writer.bytes());
  ASSERT_EQ(seen.senders.size(), 1U);
  EXPECT_EQ(seen.senders[0].ssrc, 5U);
  EXPECT_EQ(seen.senders[0].ntp, 0x0123456789abcdefU);
  EXPECT_EQ(seen.senders[0].rtp, 99U);
  ASSERT_EQ(seen.blocks.size(), 2U);
  EXPECT_EQ(seen.blocks[0].lost, -3);
  EXPECT_EQ(seen.blocks[0].last_report, 0xabcd1234U);
  EXPECT_EQ(seen.blocks[0].since_report, 0x20000U);
  EXPECT_EQ(seen.blocks[1].ssrc, 8U);
  EXPECT_EQ(seen.blocks[1].lost, 0x7fffff);
}

TEST(Rtcp, ACnameEndsWithAtLeastOneZeroOnAFourByteBoundary) {
  for (const std::string name : {"", "a", "ab", "abc", "abcd", "abcde"}) {
    rtcp::Writer writer;
    ASSERT_TRUE(writer.cname(1, name));
    const Bytes bytes = writer.bytes();
    EXPECT_EQ(bytes.size() % 4, 0U);
    EXPECT_EQ(bytes.size(), 4U * (read_u16(bytes, 2) + 1U));
    EXPECT_EQ(bytes[9], name.size());
    EXPECT_EQ(bytes[10 + name.size()], 0) << name;
  }
}

TEST(Rtcp, NackNumbersComeBackAcrossTheWrap) {
  rtcp::Writer writer;
  const std::vector<std::uint16_t> numbers{65530, 65531, 65535, 0, 10, 11, 40};
  EXPECT_EQ(writer.nack(1, 2, numbers), numbers.size());
  // 65530 with five bits, 11 in reach of nothing before, 40.
  EXPECT_LE(writer.bytes().size(), 12U + 3 * 4);
  std::vector<std::uint16_t> read_back;
  for (const auto& [media, sequence] : read(writer.bytes()).nacks) {
    EXPECT_EQ(media, 2U);
    read_back.push_back(sequence);
  }
  EXPECT_EQ(read_back, numbers);
}

TEST(Rtcp, ALongNackIsTakenInParts) {
  std::vector<std::uint16_t> numbers;
  for (int i = 0; i < 100; ++i) numbers.push_back(static_cast<std::uint16_t>(i * 20));
  rtcp::Writer writer;
  const std::size_t taken = writer.nack(1, 2, numbers);
  EXPECT_GT(taken, 0U);
  EXPECT_LT(taken, numbers.size());
  EXPECT_EQ(read(writer.bytes()).nacks.size(), taken);
}

TEST(Rtcp, KeyframeRequestsOfBothKindsNameTheirMedia) {
  rtcp::Writer writer;
  ASSERT_TRUE(writer.pli(1, 22));
  ASSERT_TRUE(writer.fir(1, 33, 5));
  EXPECT_THAT(read(writer.bytes()).keyframes, ElementsAre(22U, 33U));
}

TEST(Rtcp, RembKeepsEighteenBitsOfPrecision) {
  for (const std::uint64_t bitrate : {0ULL, 262143ULL, 2'500'000ULL, 10'000'000'000ULL}) {
    rtcp::Writer writer;
    const std::vector<std::uint32_t> ssrcs{1, 2};
    ASSERT_TRUE(writer.remb(1, bitrate, ssrcs));
    const auto read_back = read(writer.bytes()).bitrates.at(0);
    EXPECT_LE(read_back, bitrate);
    EXPECT_GE(static_cast<double>(read_back), static_cast<double>(bitrate) * (1 - 1.0 / (1 << 17)));
  }
}

TEST(Rtcp, ByeNamesEverySource) {
  const Buffer bytes{0x82, 203, 0, 2, 0, 0, 0, 9, 0, 0, 0, 10};
  EXPECT_THAT(read(bytes).byes, ElementsAre(9U, 10U));
}

TEST(Rtcp, CountsThatExceedTheirPacketAreCutToIt) {
  Buffer bye{0x9f, 203, 0, 1, 0, 0, 0, 9};
  EXPECT_EQ(read(bye).byes.size(), 1U);
  rtcp::Writer writer;
  const rtcp::ReportBlock block;
  ASSERT_TRUE(writer.receiver_report(1, {&block, 1}));
  Buffer report(writer.bytes().begin(), writer.bytes().end());
  report[0] |= 0x1f;
  EXPECT_EQ(read(report).blocks.size(), 1U);
}

TEST(Rtcp, WhatIsUnknownIsSkippedAndWhatFollowsIsRead) {
  Buffer bytes{0x80, 207, 0, 1, 1, 2, 3, 4,                           // extended report
               0x8f, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 9, 9, 9, 9};  // transport-cc
  rtcp::Writer writer;
  ASSERT_TRUE(writer.pli(1, 22));
  bytes.insert(bytes.end(), writer.bytes().begin(), writer.bytes().end());
  EXPECT_THAT(read(bytes).keyframes, ElementsAre(22U));
}

TEST(Rtcp, ReadingEndsAtALengthThatDoesNotHold) {
  rtcp::Writer writer;
  ASSERT_TRUE(writer.pli(1, 22));
  ASSERT_TRUE(writer.pli(1, 23));
  const Bytes bytes = writer.bytes();
  EXPECT_THAT(read(bytes.first(bytes.size() - 1)).keyframes, ElementsAre(22U));
}

TEST(Rtcp, FeedbackWithoutBothSsrcsIsIgnored) {
  const Buffer nack{0x81, 205, 0, 1, 0, 0, 0, 1};
  const Buffer pli{0x81, 206, 0, 0};
  EXPECT_TRUE(read(nack).nacks.empty());
  EXPECT_TRUE(read(pli).keyframes.empty());
}

TEST(Rtcp, AFullWriterRefusesWithoutWriting) {
  rtcp::Writer writer;
  while (writer.pli(1, 2)) {
  }
  const std::size_t size = writer.bytes().size();
  EXPECT_FALSE(writer.fir(1, 2, 3));
  EXPECT_EQ(writer.bytes().size(), size);
  EXPECT_LE(size, kMaxPacket);
}

}  // namespace
}  // namespace parley::forwarding::test
