#include "signaling/sdp/numbering.hpp"

#include <set>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "signaling/sdp/codecs.hpp"

namespace parley::sdp::test {
namespace {

Numbering small() {
  return Numbering({96, 97, 0}, {96, 97, 98});
}

TEST(Numbering, KeepsItsOwnNumbersWhileNobodyObjects) {
  const Numbering numbers = small();
  EXPECT_EQ(numbers.of(0), 96);
  EXPECT_EQ(numbers.of(1), 97);
  EXPECT_EQ(numbers.of(2), 0);
}

TEST(Numbering, FollowsThePeersNumbers) {
  Numbering numbers = small();
  EXPECT_TRUE(numbers.claim(120, 0));
  EXPECT_EQ(numbers.of(0), 120);
  EXPECT_TRUE(numbers.claim(96, 2));
  EXPECT_EQ(numbers.of(2), 96);
}

TEST(Numbering, MovesOutOfThePeersWay) {
  Numbering numbers = small();
  EXPECT_TRUE(numbers.claim(96, 1));
  EXPECT_EQ(numbers.of(1), 96);
  EXPECT_NE(numbers.of(0), 96);
  EXPECT_NE(numbers.of(0), 0);
}

TEST(Numbering, MovesOutOfTheWayOfWhatItDoesNotKnow) {
  Numbering numbers = small();
  EXPECT_TRUE(numbers.claim(97, Numbering::kForeign));
  EXPECT_EQ(numbers.of(1), 98);
  EXPECT_TRUE(numbers.claim(98, Numbering::kForeign));
  EXPECT_EQ(numbers.of(1), 0) << "no number left";
}

TEST(Numbering, SettledNumbersKeepTheirMeaning) {
  Numbering numbers = small();
  numbers.settle(96);
  EXPECT_FALSE(numbers.claim(96, 1));
  EXPECT_FALSE(numbers.claim(96, Numbering::kForeign));
  EXPECT_TRUE(numbers.claim(96, 0));
  EXPECT_TRUE(numbers.claim(100, 0)) << "a second number for the same is allowed";
  EXPECT_EQ(numbers.of(0), 96) << "but ours stays";
}

RC_GTEST_PROP(NumberingProperty, NoTwoOwnersShareANumber, ()) {
  Numbering numbers = payload_type_numbering();
  const auto owners = static_cast<int>(codec_formats().size() * 2);
  const auto claims = *rc::gen::container<std::vector<std::tuple<std::uint8_t, int, bool>>>(
      rc::gen::tuple(rc::gen::inRange<std::uint8_t>(1, 128), rc::gen::inRange(-1, owners),
                     rc::gen::arbitrary<bool>()));
  for (const auto& [number, owner, settle] : claims)
    if (numbers.claim(number, owner) && settle && owner >= 0) numbers.settle(number);
  std::set<int> seen;
  for (int owner = 0; owner < owners; ++owner)
    if (const int number = numbers.of(owner); number != 0) RC_ASSERT(seen.insert(number).second);
}

}  // namespace
}  // namespace parley::sdp::test
