// The round trip to a peer, smoothed.
#pragma once

#include <optional>

#include "support/time.hpp"

namespace parley::forwarding {

class RttEstimator {
 public:
  /// Taken until something was measured.
  static constexpr Duration kInitial = std::chrono::milliseconds(100);

  /// Samples below zero or above ten seconds are no round trips.
  void on_sample(Duration sample) {
    if (sample < Duration{} || sample > std::chrono::seconds(10)) return;
    measured_ = measured_ ? *measured_ + (sample - *measured_) / 8 : sample;
  }
  [[nodiscard]] std::optional<Duration> measured() const { return measured_; }
  [[nodiscard]] Duration value() const { return measured_.value_or(kInitial); }

 private:
  std::optional<Duration> measured_;
};

}  // namespace parley::forwarding
