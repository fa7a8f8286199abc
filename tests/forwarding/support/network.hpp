// A one-way link that delays, reorders, loses and duplicates, on the test's time.
#pragma once

#include <map>
#include <random>
#include <utility>

#include "support/time.hpp"
#include "tests/forwarding/support/rtp.hpp"

namespace parley::forwarding::test {

struct LinkConditions {
  double loss = 0;
  double duplicate = 0;
  Duration delay = std::chrono::milliseconds(20);
  Duration jitter{};  ///< added to the delay, evenly spread; reorders where packets are closer
};

class Link {
 public:
  Link(LinkConditions conditions, unsigned seed) : conditions_(conditions), random_(seed) {}

  void set_conditions(const LinkConditions& conditions) { conditions_ = conditions; }

  /// While frozen nothing arrives; afterwards everything at once.
  void set_frozen(bool frozen) { frozen_ = frozen; }

  void send(Buffer packet, Time now) {
    if (chance() < conditions_.loss) return;
    if (chance() < conditions_.duplicate) queue_.emplace(arrival(now), packet);
    queue_.emplace(arrival(now), std::move(packet));
  }
  /// Calls `take(packet)` for everything that has arrived by `now`, in order of arrival.
  template <typename Take>
  void deliver(Time now, Take take) {
    while (!frozen_ && !queue_.empty() && queue_.begin()->first <= now) {
      Buffer packet = std::move(queue_.begin()->second);
      queue_.erase(queue_.begin());
      take(std::move(packet));
    }
  }

 private:
  double chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }
  Time arrival(Time now) {
    const auto extra =
        static_cast<std::int64_t>(chance() * static_cast<double>(conditions_.jitter.count()));
    return now + conditions_.delay + Duration(extra);
  }

  bool frozen_ = false;
  LinkConditions conditions_;
  std::mt19937 random_;
  std::multimap<Time, Buffer> queue_;
};

}  // namespace parley::forwarding::test
