#include "support/ids.hpp"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(Ids, RandomTokensHaveTheLengthAskedForAndOnlyUrlSafeCharacters) {
  for (std::size_t length : {0u, 1u, 8u, 22u, 200u})
    EXPECT_THAT(random_token(length), testing::MatchesRegex("[A-Za-z0-9]*"));
  EXPECT_EQ(random_token(200).size(), 200u);
}

TEST(Ids, RandomTokensDoNotRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 10000; ++i) EXPECT_TRUE(seen.insert(random_token(12)).second);
}

TEST(Ids, EveryCharacterIsAboutAsLikelyAsAnother) {
  std::map<char, int> counts;
  for (char c : random_token(62 * 2000)) ++counts[c];
  EXPECT_EQ(counts.size(), 62u);
  for (const auto& [c, count] : counts) EXPECT_NEAR(count, 2000, 300) << c;
}

}  // namespace
}  // namespace parley
