// The kernel of an isolator: a queue that never grows past its limits. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "support/time.hpp"

namespace parley::plugins {

struct QueueLimits {
  std::size_t bytes = 0;
  Duration time{};  ///< from the oldest to the newest
};

struct QueueCounters {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::uint64_t dropped = 0;
};

/// When it is over its limits the oldest go, up to the next boundary: where a reader can begin,
/// such as the first packet of a keyframe. Where no boundary is in the queue, everything goes until
/// one comes. So a reader that falls behind gets whole pictures again as soon as it reads on. Not
/// thread-safe.
template <typename Item>
class LeakyQueue {
 public:
  struct Entry {
    Item item;
    std::size_t bytes = 0;
    Time at{};
    bool boundary = false;
    bool after_gap = false;  ///< what came before it was dropped
  };

  explicit LeakyQueue(QueueLimits limits) : limits_(limits) {}

  /// True when something was lost by it: the item itself, or older ones.
  bool push(Item item, std::size_t bytes, bool boundary, Time now) {
    ++counters_.in;
    if (awaits_boundary_ && !boundary) {
      ++counters_.dropped;
      return true;
    }
    entries_.push_back(
        {std::move(item), bytes, now, boundary, std::exchange(awaits_boundary_, false)});
    bytes_ += bytes;
    if (!over(now)) return false;
    do drop_oldest();
    while (!entries_.empty() && (over(now) || !entries_.front().boundary));
    if (entries_.empty())
      awaits_boundary_ = true;
    else
      entries_.front().after_gap = true;
    return true;
  }

  std::optional<Entry> pop() {
    if (entries_.empty()) return std::nullopt;
    std::optional<Entry> entry(std::move(entries_.front()));
    remove_oldest();
    ++counters_.out;
    return entry;
  }

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] const QueueCounters& counters() const { return counters_; }

 private:
  [[nodiscard]] bool over(Time now) const {
    return !entries_.empty() &&
           (bytes_ > limits_.bytes || now - entries_.front().at > limits_.time);
  }
  void remove_oldest() {
    bytes_ -= entries_.front().bytes;
    entries_.pop_front();
  }
  void drop_oldest() {
    remove_oldest();
    ++counters_.dropped;
  }

  QueueLimits limits_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
  QueueCounters counters_;
  bool awaits_boundary_ = false;
};

}  // namespace parley::plugins
