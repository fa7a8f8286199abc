#include "rooms/floor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace parley::rooms {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

const ParticipantId kAnn("ann");
const ParticipantId kBob("bob");
const ParticipantId kCid("cid");
constexpr Speech kTalk{0.7, 25};
constexpr Speech kShout{1.0, 45};
constexpr Duration kReport = 200ms;

class FloorTest : public ::testing::Test {
 protected:
  /// Reports of one who speaks for so long. When, after the beginning, it took the floor.
  std::optional<Duration> speaks(const ParticipantId& who, Duration length, Speech speech = kTalk) {
    std::optional<Duration> taken;
    for (Duration passed = kReport; passed <= length; passed += kReport) {
      now += kReport;
      if (floor.hear(who, speech, now)) taken = passed;
    }
    return taken;
  }
  /// Two at once, reported one after the other.
  void both(const ParticipantId& one, Speech first, const ParticipantId& two, Speech second,
            Duration length) {
    for (Duration passed{}; passed < length; passed += kReport) {
      now += kReport;
      floor.hear(one, first, now);
      floor.hear(two, second, now);
    }
  }

  Floor floor;
  Time now{};
};

TEST_F(FloorTest, IsNobodysUntilSomebodyHasSpokenForAWhile) {
  EXPECT_TRUE(floor.dominant().empty());
  const auto taken = speaks(kAnn, 3s);
  ASSERT_TRUE(taken);
  EXPECT_GE(*taken, 600ms);
  EXPECT_LE(*taken, 1200ms);
  EXPECT_EQ(floor.dominant(), kAnn);
}

TEST_F(FloorTest, IsKeptThroughSilence) {
  speaks(kAnn, 2s);
  now += 1h;
  EXPECT_EQ(floor.dominant(), kAnn);
}

TEST_F(FloorTest, GoesToTheNextSpeakerAboutASecondAfterTheChange) {
  speaks(kAnn, 10s);
  const auto taken = speaks(kBob, 5s);
  ASSERT_TRUE(taken);
  EXPECT_GE(*taken, 600ms);
  EXPECT_LE(*taken, 1600ms);
  EXPECT_THAT(floor.recent(), ElementsAre(kBob, kAnn));
}

TEST_F(FloorTest, IsNotTakenByACoughHoweverLoud) {
  speaks(kAnn, 5s);
  now += 1min;
  EXPECT_FALSE(speaks(kBob, 400ms, kShout));
  now += 2s;
  EXPECT_FALSE(speaks(kBob, 400ms, kShout));
  EXPECT_EQ(floor.dominant(), kAnn);
}

TEST_F(FloorTest, IsNotTakenByAFewWordsOfApproval) {
  speaks(kAnn, 5s);
  for (int i = 0; i < 10; ++i) {
    both(kAnn, kTalk, kBob, kTalk, 400ms);
    speaks(kAnn, 2s);
  }
  EXPECT_EQ(floor.dominant(), kAnn);
}

TEST_F(FloorTest, IsNotTakenInAPauseForBreath) {
  speaks(kAnn, 5s);
  now += 700ms;
  EXPECT_FALSE(speaks(kBob, 400ms));
  speaks(kAnn, 5s);
  EXPECT_EQ(floor.dominant(), kAnn);
}

TEST_F(FloorTest, StaysWithWhoHasItWhenTwoSpeakAlike) {
  speaks(kAnn, 3s);
  both(kAnn, kTalk, kBob, {0.8, 27}, 30s);
  EXPECT_EQ(floor.dominant(), kAnn);
}

TEST_F(FloorTest, GoesToWhoIsClearlyLouderForLong) {
  speaks(kAnn, 3s);
  both(kAnn, {0.7, 15}, kBob, {0.8, 27}, 5s);
  EXPECT_EQ(floor.dominant(), kBob);
}

TEST_F(FloorTest, DoesNotSwingBetweenTwoWhoAreAboutAsLoud) {
  speaks(kAnn, 3s);
  int changes = 0;
  for (int i = 0; i < 300; ++i) {
    now += kReport;
    changes += floor.hear(kAnn, {0.7, i % 2 == 0 ? 21.0 : 28.0}, now) ? 1 : 0;
    changes += floor.hear(kBob, {0.7, i % 2 == 0 ? 28.0 : 21.0}, now) ? 1 : 0;
  }
  EXPECT_EQ(changes, 0);
}

TEST_F(FloorTest, IsTakenSoonerFromWhoseMicrophoneIsOff) {
  speaks(kAnn, 10s);
  floor.silence(kAnn);
  EXPECT_EQ(floor.dominant(), kAnn);
  EXPECT_LE(speaks(kBob, 3s).value_or(3s), 1200ms);
}

TEST_F(FloorTest, IsNobodysWhenItsHolderLeaves) {
  speaks(kAnn, 3s);
  speaks(kBob, 3s);
  EXPECT_FALSE(floor.forget(kCid));
  EXPECT_TRUE(floor.forget(kBob));
  EXPECT_TRUE(floor.dominant().empty());
  EXPECT_THAT(floor.recent(), ElementsAre(kAnn));
  EXPECT_TRUE(speaks(kAnn, 3s));
}

TEST_F(FloorTest, IsNotTakenByReportsWithoutSpeech) {
  EXPECT_FALSE(speaks(kAnn, 1min, {0.04, 1}));
}

TEST_F(FloorTest, IsTakenByADuetWhicheverReportComesFirst) {
  both(kAnn, kTalk, kBob, kTalk, 3s);
  EXPECT_EQ(floor.dominant(), kAnn);
}

/// Short sounds at any moments of a speech, as loud as they may be.
RC_GTEST_PROP(FloorProperties, ShortSoundsApartNeverTakeTheFloorFromWhoSpeaks, ()) {
  const auto story = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 20));
  Floor floor;
  Time now{};
  for (int i = 0; i < 10; ++i) floor.hear(kAnn, kTalk, now += kReport);
  for (const int pause : story) {
    for (int i = 0; i < pause + 5; ++i) floor.hear(kAnn, kTalk, now += kReport);
    for (int i = 0; i < 2; ++i) RC_ASSERT(!floor.hear(kBob, kShout, now += kReport));
  }
}

/// Whoever alone speaks for two seconds has the floor, whatever came before.
RC_GTEST_PROP(FloorProperties, WhoSpeaksAloneHasTheFloorSoon, ()) {
  const auto story = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 3), rc::gen::inRange(0, 100), rc::gen::inRange(0, 46)));
  Floor floor;
  Time now{};
  const ParticipantId people[] = {kAnn, kBob, kCid};
  for (const auto& [who, duty, level] : story)
    floor.hear(people[who], {duty / 100.0, static_cast<double>(level)}, now += kReport / 2);
  for (int i = 0; i < 15; ++i) floor.hear(kCid, kTalk, now += kReport);
  RC_ASSERT(floor.dominant() == kCid);
}

}  // namespace
}  // namespace parley::rooms
