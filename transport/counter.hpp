// Numbers that one thread counts and others read.
#pragma once

#include <atomic>
#include <cstdint>

namespace parley::transport {

/// add() is for the one thread that counts; get() is thread-safe.
class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.store(get() + n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// One shard's share of transport::Counters.
struct ShardCounters {
  Counter packets_in, packets_out, dropped_unknown, dropped_auth, handed_over, dropped_overload,
      send_errors, outputs_lost;
};

}  // namespace parley::transport
