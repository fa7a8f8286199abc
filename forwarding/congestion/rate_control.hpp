// The rate that delays allow: up slowly, down when they grow (draft-ietf-rmcat-gcc-02 5.5).
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "forwarding/stats.hpp"
#include "support/time.hpp"

namespace parley::forwarding::congestion {

/// In bits per second.
struct Limits {
  double start = 1'000'000;
  double min = 30'000;
  double max = 30'000'000;
};

/// What came through when the link was found full, and how much that varies.
class LinkCapacity {
 public:
  void on_overuse(double rate) { update(rate, 0.05); }
  void reset() { mean_.reset(); }
  [[nodiscard]] std::optional<double> mean() const { return mean_; }
  [[nodiscard]] bool is_above(double rate) const { return mean_ && rate > *mean_ + spread(); }
  [[nodiscard]] bool is_below(double rate) const { return mean_ && rate < *mean_ - spread(); }

 private:
  static constexpr double kUnit = 1000;  // the variance is kept relative to kbit/s

  [[nodiscard]] double spread() const { return 3 * std::sqrt(variance_ * *mean_ / kUnit) * kUnit; }
  void update(double rate, double weight) {
    if (!mean_) mean_ = rate;
    mean_ = (1 - weight) * *mean_ + weight * rate;
    const double error = (*mean_ - rate) / kUnit;
    variance_ = (1 - weight) * variance_ + weight * error * error / std::max(*mean_ / kUnit, 1.0);
    variance_ = std::clamp(variance_, 0.4, 2.5);
  }

  std::optional<double> mean_;
  double variance_ = 0.4;
};

class RateControl {
 public:
  explicit RateControl(const Limits& limits) : limits_(limits), rate_(limits.start) {}

  struct Input {
    BandwidthUse use{};
    std::optional<double> acked;     ///< what comes through
    bool limited_by_source = false;  ///< less is sent than the rate allows
    Duration rtt{};
  };
  void update(const Input& input, Time now);
  /// A probe showed that this passes.
  void raise(double rate) { rate_ = std::clamp(std::max(rate_, rate), limits_.min, limits_.max); }
  /// Nothing is heard of the network any more.
  void reduce(double factor) { rate_ = std::max(rate_ * factor, limits_.min); }
  [[nodiscard]] double rate() const { return rate_; }

 private:
  void increase(const Input& input, Time now);
  void decrease(const Input& input, Time now);
  [[nodiscard]] bool may_decrease_again(const Input& input, Time now) const;

  Limits limits_;
  double rate_;
  LinkCapacity capacity_;
  bool holding_ = true;
  std::optional<Time> increased_;
  std::optional<Time> decreased_;
};

}  // namespace parley::forwarding::congestion
