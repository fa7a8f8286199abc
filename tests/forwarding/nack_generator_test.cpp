#include "forwarding/nack_generator.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/forwarding/support/peers.hpp"

namespace parley::forwarding::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::uint16_t> collect(NackGenerator& nacks, Duration rtt, Time now) {
  std::array<std::uint16_t, 300> numbers{};
  const std::size_t count = nacks.collect(rtt, now, numbers);
  return {numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(count)};
}

TEST(NackGenerator, AsksOncePerRoundTrip) {
  NackGenerator nacks;
  ASSERT_TRUE(nacks.on_gap(65535, 65538, kStart));
  EXPECT_THAT(collect(nacks, 50ms, kStart), ElementsAre(65535, 0, 1));
  EXPECT_THAT(collect(nacks, 50ms, kStart + 49ms), IsEmpty());
  EXPECT_THAT(collect(nacks, 50ms, kStart + 50ms), ElementsAre(65535, 0, 1));
}

TEST(NackGenerator, NeverAsksMoreOftenThanEveryTwentyMilliseconds) {
  NackGenerator nacks;
  ASSERT_TRUE(nacks.on_gap(1, 2, kStart));
  EXPECT_THAT(collect(nacks, 1ms, kStart), ElementsAre(1));
  EXPECT_THAT(collect(nacks, 1ms, kStart + 19ms), IsEmpty());
  EXPECT_THAT(collect(nacks, 1ms, kStart + 20ms), ElementsAre(1));
}

TEST(NackGenerator, StopsWhenThePacketCameAndMeasuresTheRoundTrip) {
  NackGenerator nacks;
  ASSERT_TRUE(nacks.on_gap(1, 4, kStart));
  collect(nacks, 50ms, kStart);
  EXPECT_EQ(nacks.on_late(2, kStart + 30ms), 30ms);
  EXPECT_EQ(nacks.on_late(2, kStart + 31ms), std::nullopt);
  EXPECT_THAT(collect(nacks, 50ms, kStart + 50ms), ElementsAre(1, 3));
  EXPECT_EQ(nacks.on_late(1, kStart + 60ms), std::nullopt)
      << "asked for twice: which was answered?";
}

TEST(NackGenerator, AsksLessOftenInTheEndWhereTheRoundTripIsShort) {
  NackGenerator nacks;
  ASSERT_TRUE(nacks.on_gap(1, 2, kStart));
  std::vector<int> asked;
  for (int at = 0; at < 1000; at += 10)
    if (!collect(nacks, 10ms, kStart + std::chrono::milliseconds(at)).empty()) asked.push_back(at);
  EXPECT_THAT(asked, ElementsAre(0, 20, 60, 100, 180, 260, 420, 580, 740, 900));
}

TEST(NackGenerator, GivesUpAfterTenTriesOrASecond) {
  NackGenerator nacks;
  ASSERT_TRUE(nacks.on_gap(1, 2, kStart));
  std::size_t tries = 0;
  for (Duration at{}; at < 2s; at += 10ms) tries += collect(nacks, 20ms, kStart + at).size();
  EXPECT_EQ(tries, 10U);
  EXPECT_EQ(nacks.missing(), 0U);
  EXPECT_TRUE(nacks.take_given_up());
  EXPECT_FALSE(nacks.take_given_up());

  ASSERT_TRUE(nacks.on_gap(5, 6, kStart));
  EXPECT_THAT(collect(nacks, 20ms, kStart + 1001ms), IsEmpty());
  EXPECT_EQ(nacks.missing(), 0U);
  EXPECT_TRUE(nacks.take_given_up());
}

TEST(NackGenerator, AwaitsWhatIsMissingUntilItCame) {
  NackGenerator nacks;
  ASSERT_TRUE(nacks.on_gap(1, 3, kStart));
  EXPECT_TRUE(nacks.awaits(1));
  EXPECT_FALSE(nacks.awaits(3));
  nacks.on_late(1, kStart);
  EXPECT_FALSE(nacks.awaits(1));
  EXPECT_TRUE(nacks.awaits(2));
}

TEST(NackGenerator, AGapTooWideIsNotAskedForAtAll) {
  NackGenerator nacks;
  ASSERT_TRUE(nacks.on_gap(1, 3, kStart));
  EXPECT_FALSE(nacks.on_gap(10, 10 + 255, kStart));
  EXPECT_EQ(nacks.missing(), 0U);
  EXPECT_TRUE(nacks.on_gap(1000, 1000 + 256, kStart));
}

TEST(NackGenerator, WhatDoesNotFitIsDueTheNextTime) {
  NackGenerator nacks;
  ASSERT_TRUE(nacks.on_gap(1, 6, kStart));
  std::array<std::uint16_t, 3> few{};
  EXPECT_EQ(nacks.collect(50ms, kStart, few), 3U);
  EXPECT_EQ(nacks.collect(50ms, kStart, few), 2U);
  EXPECT_EQ(few[0], 4);
}

}  // namespace
}  // namespace parley::forwarding::test
