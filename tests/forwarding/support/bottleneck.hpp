// A link with a rate and a queue: what congestion control is made for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <random>

#include "support/time.hpp"

namespace parley::forwarding::test {

struct BottleneckConditions {
  double bits_per_second = 1e9;
  Duration queue = std::chrono::milliseconds(200);  ///< what does not fit is dropped
  Duration delay = std::chrono::milliseconds(25);
  double loss = 0;
  /// Radio: each packet is held back by up to this much, and one in 200 by five times as much;
  /// packets stay in order.
  Duration jitter{};
};

/// Says when a packet arrives, instead of carrying it. Shared by all flows that pass it.
class Bottleneck {
 public:
  explicit Bottleneck(const BottleneckConditions& conditions, unsigned seed = 1)
      : conditions_(conditions), random_(seed) {}

  void set_conditions(const BottleneckConditions& conditions) { conditions_ = conditions; }
  [[nodiscard]] const BottleneckConditions& conditions() const { return conditions_; }
  [[nodiscard]] Duration queueing(Time now) const { return std::max(free_ - now, Duration{}); }

  /// None: it is lost.
  std::optional<Time> send(std::size_t bytes, Time now) {
    if (queueing(now) > conditions_.queue) return std::nullopt;
    const double seconds = static_cast<double>(bytes) * 8 / conditions_.bits_per_second;
    free_ = std::max(free_, now) + Duration(static_cast<std::int64_t>(seconds * 1e9));
    if (chance() < conditions_.loss) return std::nullopt;
    last_ = std::max(last_, free_ + conditions_.delay + hold());
    return last_;
  }

 private:
  double chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  Duration hold() {
    if (conditions_.jitter == Duration{}) return {};
    const double part = chance() * chance() * (chance() < 0.005 ? 5 : 1);
    return Duration(
        static_cast<std::int64_t>(part * static_cast<double>(conditions_.jitter.count())));
  }

  BottleneckConditions conditions_;
  std::mt19937 random_;
  Time free_{};
  Time last_{};
};

}  // namespace parley::forwarding::test
