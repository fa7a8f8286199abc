// When measuring goes on.
#pragma once

#include <atomic>

#include "support/time.hpp"

namespace parley::load {

/// Set by the main thread, read by the media threads. Thread-safe.
class Window {
 public:
  void open(Time begin, Time end) {
    end_.store(end.time_since_epoch().count(), std::memory_order_relaxed);
    begin_.store(begin.time_since_epoch().count(), std::memory_order_relaxed);
  }
  [[nodiscard]] bool holds(Time time) const {
    const auto at = time.time_since_epoch().count();
    return at >= begin_.load(std::memory_order_relaxed) &&
           at < end_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] Time begin() const { return Time(Duration(begin_.load())); }
  [[nodiscard]] Time end() const { return Time(Duration(end_.load())); }

 private:
  std::atomic<Duration::rep> begin_{Duration::max().count()}, end_{Duration::max().count()};
};

}  // namespace parley::load
