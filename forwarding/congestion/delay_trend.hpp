// Whether delays grow: a line through the last groups' delays, against a threshold that follows
// them (draft-ietf-rmcat-gcc-02 5.3 and 5.4, with a fitted line in place of its Kalman filter).
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "forwarding/congestion/inter_arrival.hpp"
#include "forwarding/stats.hpp"
#include "support/time.hpp"

namespace parley::forwarding::congestion {

class DelayTrend {
 public:
  void on_group(const GroupDelta& delta);
  /// What came before says nothing about what comes next.
  void restart();
  [[nodiscard]] BandwidthUse use() const { return use_; }
  /// How long packets waited lately beyond the least they did, smoothed.
  [[nodiscard]] Duration queueing() const;

 private:
  static constexpr std::size_t kWindow = 20;
  struct Point {
    double at = 0;     // ms since the first group
    double delay = 0;  // ms, smoothed
  };

  [[nodiscard]] std::optional<double> slope() const;
  void detect(double slope, double sent_ms, double now);
  void adapt_threshold(double trend, double now);

  std::array<Point, kWindow> points_{};
  std::size_t groups_ = 0;
  std::optional<Time> first_;
  double accumulated_ = 0;
  double smoothed_ = 0;
  double least_ = 0;
  double threshold_ = 12.5;
  std::optional<double> adapted_;
  double previous_ = 0;
  std::optional<double> over_;  // ms above the threshold
  unsigned overs_ = 0;
  BandwidthUse use_ = BandwidthUse::Normal;
};

}  // namespace parley::forwarding::congestion
