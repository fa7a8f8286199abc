// Dividing a subscriber's bandwidth among its tracks.
#include "forwarding/congestion/allocation.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::forwarding::test {
namespace {

using congestion::Claim;
using congestion::divide;
using congestion::Division;
using ::testing::ElementsAre;

constexpr double k = 1000;

/// A camera with three simulcast layers.
Claim camera(Priority priority = Priority::Normal) {
  Claim claim;
  claim.options[0] = {{0, 0}, 150'000};
  claim.options[1] = {{1, 0}, 500'000};
  claim.options[2] = {{2, 0}, 1'500'000};
  claim.count = 3;
  claim.priority = priority;
  return claim;
}

/// What each was granted, -1 for nothing; also keeps it as what was granted before.
std::vector<int> grant(double budget, std::vector<Claim>& claims, bool congested = false) {
  divide(budget, claims, congested);
  std::vector<int> granted;
  for (Claim& claim : claims) {
    granted.push_back(claim.granted ? static_cast<int>(*claim.granted) : -1);
    claim.before.reset();
    if (claim.granted) claim.before = claim.options[*claim.granted].layer;
  }
  return granted;
}

TEST(Allocation, GivesEverybodyTheCheapestBeforeAnybodyMore) {
  std::vector<Claim> claims{camera(Priority::High), camera(), camera()};
  EXPECT_THAT(grant(600 * k, claims), ElementsAre(0, 0, 0));
}

TEST(Allocation, RaisesHighPriorityFirst) {
  std::vector<Claim> claims{camera(), camera(Priority::High), camera()};
  EXPECT_THAT(grant(1000 * k, claims), ElementsAre(0, 1, 0));
  EXPECT_THAT(grant(2100 * k, claims), ElementsAre(0, 2, 0));
}

TEST(Allocation, RaisesEqualsTogether) {
  std::vector<Claim> claims{camera(), camera(), camera()};
  EXPECT_THAT(grant(1700 * k, claims), ElementsAre(1, 1, 1));
}

TEST(Allocation, TakesFromTheLastFirst) {
  std::vector<Claim> claims{camera(), camera(), camera(Priority::High)};
  EXPECT_THAT(grant(400 * k, claims, true), ElementsAre(0, -1, 0));
  EXPECT_THAT(grant(200 * k, claims, true), ElementsAre(-1, -1, 0));
  EXPECT_THAT(grant(100 * k, claims, true), ElementsAre(-1, -1, -1));
}

TEST(Allocation, AStepUpNeedsSomeToSpareAndThenStays) {
  std::vector<Claim> claims{camera()};
  EXPECT_THAT(grant(505 * k, claims), ElementsAre(0));
  EXPECT_THAT(grant(570 * k, claims), ElementsAre(1));
  EXPECT_THAT(grant(505 * k, claims, true), ElementsAre(1));
}

TEST(Allocation, FallsAtOnceWhenTheNetworkIsCongested) {
  std::vector<Claim> claims{camera()};
  EXPECT_THAT(grant(2000 * k, claims), ElementsAre(2));
  EXPECT_THAT(grant(700 * k, claims, true), ElementsAre(1));
}

TEST(Allocation, LeavesWhatFlowsAloneWhileNothingSpeaksAgainstIt) {
  std::vector<Claim> claims{camera()};
  EXPECT_THAT(grant(2000 * k, claims), ElementsAre(2));
  claims[0].options[2].bits_per_second = 3'000'000;  // the scene began to move
  EXPECT_THAT(grant(2000 * k, claims), ElementsAre(2));
}

TEST(Allocation, ThatFellDoesNotRiseAtOnce) {
  std::vector<Claim> claims{camera()};
  claims[0].before = Layer{0, 0};
  claims[0].may_rise = false;
  EXPECT_THAT(grant(5000 * k, claims), ElementsAre(0));
}

TEST(Allocation, AssuresTheCheapestWhereAsked) {
  std::vector<Claim> claims{camera(), camera()};
  for (Claim& claim : claims) claim.assured = true;
  EXPECT_THAT(grant(10 * k, claims), ElementsAre(0, 0));
}

TEST(Allocation, SaysWhatEverythingWouldNeed) {
  std::vector<Claim> claims{camera(), camera()};
  const Division division = divide(700 * k, claims, false);
  EXPECT_DOUBLE_EQ(division.granted, 300 * k);
  EXPECT_GT(division.wanted, 3000 * k);
}

TEST(Allocation, PassesOverTracksWithoutLayers) {
  std::vector<Claim> claims{Claim{}, camera()};
  EXPECT_THAT(grant(600 * k, claims), ElementsAre(-1, 1));
}

}  // namespace
}  // namespace parley::forwarding::test
