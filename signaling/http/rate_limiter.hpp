// A token bucket on time given as an argument. Pure; not thread-safe.
#pragma once

#include <algorithm>

#include "support/time.hpp"

namespace parley::signaling::http {

/// Lets `burst` events pass at once and `per_second` in the long run.
class RateLimiter {
 public:
  RateLimiter(double per_second, double burst, Time now)
      : per_second_(per_second), burst_(burst), tokens_(burst), refilled_(now) {}

  /// Takes `cost` tokens; none, and false, when there are not as many.
  [[nodiscard]] bool allow(Time now, double cost = 1.0) {
    const std::chrono::duration<double> passed = now - refilled_;
    tokens_ = std::min(burst_, tokens_ + passed.count() * per_second_);
    refilled_ = now;
    if (tokens_ < cost) return false;
    tokens_ -= cost;
    return true;
  }

 private:
  double per_second_;
  double burst_;
  double tokens_;
  Time refilled_;
};

}  // namespace parley::signaling::http
