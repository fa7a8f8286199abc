#include "forwarding/sequence.hpp"

#include <gtest/gtest.h>

#include "forwarding/sequence_map.hpp"

namespace parley::forwarding::test {
namespace {

TEST(Unwrap, GoesOnAcrossTheWrapInBothDirections) {
  EXPECT_EQ(unwrap(std::uint16_t{2}, 65534), 65538);
  EXPECT_EQ(unwrap(std::uint16_t{65534}, 65538), 65534);
  EXPECT_EQ(unwrap(std::uint32_t{5}, 0xfffffff0), 0x100000005);
  EXPECT_EQ(unwrap(std::uint16_t{65535}, 0), -1);
}

TEST(Unwrap, ComparesAsSerialNumbers) {
  EXPECT_TRUE(is_after(std::uint16_t{1}, std::uint16_t{65535}));
  EXPECT_FALSE(is_after(std::uint16_t{65535}, std::uint16_t{1}));
  EXPECT_FALSE(is_after(std::uint16_t{7}, std::uint16_t{7}));
}

TEST(SequenceMap, GivesConsecutiveNumbersAndKeepsGaps) {
  SequenceMap map(100);
  map.start_source(5000);
  EXPECT_EQ(map.map(5000), 100);
  EXPECT_EQ(map.map(5001), 101);
  EXPECT_EQ(map.map(5004), 104);
  EXPECT_EQ(map.map(5002), 102);
}

TEST(SequenceMap, ClosesTheGapOfAPacketLeftOut) {
  SequenceMap map(100);
  map.start_source(1);
  EXPECT_EQ(map.map(1), 100);
  EXPECT_TRUE(map.skip(2));
  EXPECT_TRUE(map.skip(3));
  EXPECT_EQ(map.map(4), 101);
}

TEST(SequenceMap, KeepsThePlaceOfAMissingPacketBeforeOneLeftOut) {
  SequenceMap map(100);
  map.start_source(1);
  EXPECT_EQ(map.map(1), 100);
  EXPECT_TRUE(map.skip(3));
  EXPECT_EQ(map.map(4), 102);
  EXPECT_EQ(map.map(2), 101);
}

TEST(SequenceMap, CannotLeaveOutWhatComesTooLate) {
  SequenceMap map(100);
  map.start_source(1);
  EXPECT_EQ(map.map(1), 100);
  EXPECT_EQ(map.map(3), 102);
  EXPECT_FALSE(map.skip(2));
  EXPECT_EQ(map.map(2), 101);
}

TEST(SequenceMap, GivesNoNumberToAPacketThatWasLeftOut) {
  SequenceMap map(100);
  map.start_source(1);
  EXPECT_EQ(map.map(1), 100);
  EXPECT_TRUE(map.skip(2));
  EXPECT_EQ(map.map(3), 101);
  EXPECT_FALSE(map.map(2));
}

TEST(SequenceMap, GoesOnAfterAPauseAndForgetsWhatLayWithinIt) {
  SequenceMap map(100);
  map.start_source(1);
  EXPECT_EQ(map.map(1), 100);
  EXPECT_EQ(map.map(2), 101);
  map.start(50);
  EXPECT_EQ(map.map(50), 102);
  EXPECT_FALSE(map.map(49));
  EXPECT_FALSE(map.map(3));
}

TEST(SequenceMap, FindsWhatWentOutUntilTheSourceChanges) {
  SequenceMap map(65535);
  map.start_source(10);
  EXPECT_EQ(map.map(10), 65535);
  EXPECT_TRUE(map.skip(11));
  EXPECT_EQ(map.map(12), 0);
  EXPECT_EQ(map.find(65535), 10);
  EXPECT_EQ(map.find(0), 12);
  EXPECT_FALSE(map.find(1)) << "was not sent yet";
  map.start_source(3);
  EXPECT_EQ(map.map(3), 1);
  EXPECT_FALSE(map.find(0));
  EXPECT_EQ(map.find(1), 3);
}

TEST(SequenceMap, RefusesWhatLiesBeforeTheSourcesFirstPacket) {
  SequenceMap map(100);
  map.start_source(10);
  EXPECT_EQ(map.map(10), 100);
  EXPECT_FALSE(map.map(9));
}

}  // namespace
}  // namespace parley::forwarding::test
