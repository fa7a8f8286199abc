#include "forwarding/speaking_detector.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "tests/forwarding/support/peers.hpp"

namespace parley::forwarding::test {
namespace {

constexpr std::uint8_t kSpeech = 30;
constexpr std::uint8_t kQuiet = 70;

// What a row of packets, 20 ms apart, makes of a detector.
std::vector<bool> changes(const std::vector<std::uint8_t>& levels) {
  SpeakingDetector detector;
  std::vector<bool> seen;
  for (Time now = kStart; const std::uint8_t level : levels) {
    if (const auto change = detector.on_level(level, now)) seen.push_back(*change);
    now += 20ms;
  }
  return seen;
}

std::vector<std::uint8_t> levels(std::initializer_list<std::pair<int, std::uint8_t>> runs) {
  std::vector<std::uint8_t> all;
  for (const auto& [count, level] : runs)
    all.insert(all.end(), static_cast<std::size_t>(count), level);
  return all;
}

TEST(Speaking, BeginsWithAFewLoudPackets) {
  EXPECT_EQ(changes(levels({{10, kQuiet}, {3, kSpeech}})), std::vector{true});
}

TEST(Speaking, IsNotAClick) {
  EXPECT_TRUE(changes(levels({{10, kQuiet}, {2, kSpeech}, {50, kQuiet}})).empty());
}

TEST(Speaking, GoesOnThroughThePausesBetweenWords) {
  EXPECT_EQ(
      changes(levels({{10, kSpeech}, {30, kQuiet}, {10, kSpeech}, {30, kQuiet}, {5, kSpeech}})),
      std::vector{true});
}

TEST(Speaking, EndsAfterALongPause) {
  EXPECT_EQ(changes(levels({{10, kSpeech}, {50, kQuiet}})), (std::vector{true, false}));
}

TEST(Speaking, EndsWhenPacketsStopComing) {
  SpeakingDetector detector;
  for (int i = 0; i < 5; ++i) detector.on_level(kSpeech, kStart);
  EXPECT_EQ(detector.tick(kStart + 800ms), std::nullopt);
  EXPECT_EQ(detector.tick(kStart + 801ms), false);
  EXPECT_EQ(detector.tick(kStart + 900ms), std::nullopt);
}

TEST(Speaking, HearsShortBeepsTwiceASecond) {
  EXPECT_EQ(changes(levels({{1, 20}, {24, 127}, {1, 20}, {24, 127}, {1, 20}, {24, 127}})),
            std::vector{true});
}

}  // namespace
}  // namespace parley::forwarding::test
