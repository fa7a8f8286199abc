#include "signaling/http/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace parley::signaling::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

int allowed(RateLimiter& limiter, int tries, Time at) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += limiter.allow(at) ? 1 : 0;
  return count;
}

TEST(RateLimiter, BurstPassesAtOnceAndThenTheRate) {
  const Time start{};
  RateLimiter limiter(50, 200, start);
  EXPECT_EQ(allowed(limiter, 1000, start), 200);
  EXPECT_EQ(allowed(limiter, 1000, start + seconds(1)), 50);
  EXPECT_EQ(allowed(limiter, 1000, start + milliseconds(1100)), 5);
}

TEST(RateLimiter, QuietTimeSavesUpNoMoreThanTheBurst) {
  const Time start{};
  RateLimiter limiter(50, 200, start);
  EXPECT_EQ(allowed(limiter, 1000, start + std::chrono::hours(24)), 200);
}

}  // namespace
}  // namespace parley::signaling::http
