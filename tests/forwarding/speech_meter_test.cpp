#include "forwarding/speech_meter.hpp"

#include <array>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/forwarding/support/peers.hpp"

namespace parley::forwarding::test {
namespace {

// -dBov, as the extension says it.
constexpr std::uint8_t kSpeech = 30;
constexpr std::uint8_t kQuiet = 70;
constexpr std::uint8_t kVoice = 0x80;  // the V bit
constexpr Duration kPacket = 20ms;

// What a row of packets makes of a meter.
std::vector<Speech> reports(const std::vector<std::uint8_t>& levels) {
  SpeechMeter meter;
  std::vector<Speech> told;
  for (Time now = kStart; const std::uint8_t level : levels) {
    if (const auto speech = meter.on_level(level, now)) told.push_back(*speech);
    now += kPacket;
  }
  return told;
}

// Only the beginnings and ends.
std::vector<bool> changes(const std::vector<std::uint8_t>& levels) {
  std::vector<bool> seen;
  for (const Speech& speech : reports(levels))
    if (speech.speaking != (!seen.empty() && seen.back())) seen.push_back(speech.speaking);
  return seen;
}

std::vector<std::uint8_t> levels(std::initializer_list<std::pair<int, std::uint8_t>> runs) {
  std::vector<std::uint8_t> all;
  for (const auto& [count, level] : runs)
    all.insert(all.end(), static_cast<std::size_t>(count), level);
  return all;
}

// Syllables and the gaps between them and between phrases, over noise.
std::vector<std::uint8_t> talk(Duration length, std::uint8_t loudest, std::uint8_t noise) {
  std::vector<std::uint8_t> all;
  std::mt19937 random(7);
  const auto packets = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  while (all.size() < static_cast<std::size_t>(length / kPacket)) {
    for (int syllables = packets(3, 12); syllables > 0; --syllables) {
      for (int n = packets(6, 14); n > 0; --n)
        all.push_back(static_cast<std::uint8_t>(loudest + packets(0, 12)));
      for (int n = packets(1, 4); n > 0; --n) all.push_back(noise);
    }
    for (int n = packets(10, 35); n > 0; --n) all.push_back(noise);
  }
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
  SpeechMeter meter;
  for (int i = 0; i < 5; ++i) meter.on_level(kSpeech, kStart);
  EXPECT_TRUE(meter.tick(kStart + 800ms)->speaking);
  EXPECT_FALSE(meter.tick(kStart + 801ms)->speaking);
  EXPECT_EQ(meter.tick(kStart + 2s), std::nullopt);
}

TEST(Speaking, HearsShortBeepsTwiceASecond) {
  EXPECT_EQ(changes(levels({{1, 20}, {24, 127}, {1, 20}, {24, 127}, {1, 20}, {24, 127}})),
            std::vector{true});
}

TEST(Speaking, IsToldFiveTimesASecondAndSilenceNever) {
  EXPECT_THAT(reports(levels({{500, kQuiet}})), ::testing::IsEmpty());
  const auto told = reports(talk(10s, 25, 70));
  EXPECT_GE(told.size(), 45U);
  EXPECT_LE(told.size(), 60U);
}

TEST(Speaking, IsToldWithHowMuchStoodOutOfTheNoise) {
  const auto told = reports(levels({{50, kQuiet}, {5, 30}, {5, kQuiet}, {5, 30}, {5, kQuiet}}));
  ASSERT_GE(told.size(), 2U);
  EXPECT_NEAR(told.back().duty, 0.5, 0.1);
  EXPECT_NEAR(told.back().level, 15, 4);
}

TEST(Speaking, GoesOnForMinutes) {
  EXPECT_EQ(changes(talk(5min, 25, 70)), std::vector{true});
}

TEST(Speaking, IsHeardFromAQuietMicrophone) {
  EXPECT_EQ(changes(talk(20s, 38, 75)), std::vector{true});
}

TEST(Speaking, IsHeardOverNoise) {
  // The noise counts as speech until it is known for what it is; speech on top of it goes on.
  const auto told = reports([] {
    auto all = levels({{1000, 50}});
    const auto words = talk(20s, 25, 50);
    all.insert(all.end(), words.begin(), words.end());
    return all;
  }());
  ASSERT_FALSE(told.empty());
  EXPECT_TRUE(told.back().speaking);
}

TEST(Speaking, IsNotNoiseThatNeverPauses) {
  for (const std::uint8_t noise : std::array<std::uint8_t, 4>{20, 30, 40, 50}) {
    std::vector<std::uint8_t> all;
    std::mt19937 random(noise);
    for (int i = 0; i < 60 * 50; ++i)
      all.push_back(
          static_cast<std::uint8_t>(noise + std::uniform_int_distribution<int>(0, 5)(random)));
    const auto told = reports(all);
    EXPECT_LE(told.size(), 80U) << int{noise};  // 14 s
    if (!told.empty()) {
      EXPECT_FALSE(told.back().speaking);
    }
  }
}

TEST(Speaking, IsWhatTheSenderSaysItIsWhereItKnows) {
  EXPECT_TRUE(changes(levels({{50, kVoice | kQuiet}, {100, kSpeech}})).empty());
  EXPECT_EQ(changes(levels({{50, kQuiet}, {20, kVoice | kSpeech}})), std::vector{true});
}

}  // namespace
}  // namespace parley::forwarding::test
