// How much passed lately.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "support/time.hpp"

namespace parley::forwarding::congestion {

/// Bits per second over about the last half second, in buckets: O(1), no allocation.
class RateWindow {
 public:
  static constexpr Duration kBucket = std::chrono::milliseconds(50);
  static constexpr std::size_t kBuckets = 10;

  void add(std::size_t bytes, Time at) {
    advance(at);
    if (bucket(at) + static_cast<std::int64_t>(kBuckets) > newest_) slot(bucket(at)) += bytes;
  }
  /// As time passes without packets.
  void advance(Time at) {
    const std::int64_t now = bucket(at);
    if (!started_ || now > newest_ + 10 * static_cast<std::int64_t>(kBuckets)) {
      bytes_.fill(0);
      first_ = newest_ = now;
      started_ = true;
    }
    for (; newest_ < now; slot(++newest_) = 0) {
    }
    at_ = std::max(at_, at);
  }
  /// None in the first moments.
  [[nodiscard]] std::optional<double> bits_per_second() const {
    if (!started_) return std::nullopt;
    const auto full = std::min<std::int64_t>(newest_ - first_, kBuckets - 1);
    if (full < 3) return std::nullopt;
    std::uint64_t bytes = 0;
    for (const std::uint64_t one : bytes_) bytes += one;
    const Duration partial = at_.time_since_epoch() - newest_ * kBucket;
    return static_cast<double>(bytes) * 8e9 /
           static_cast<double>((full * kBucket + partial).count());
  }

 private:
  static std::int64_t bucket(Time at) { return at.time_since_epoch() / kBucket; }
  std::uint64_t& slot(std::int64_t number) {
    return bytes_[static_cast<std::uint64_t>(number) % kBuckets];
  }

  std::array<std::uint64_t, kBuckets> bytes_{};
  bool started_ = false;
  std::int64_t first_ = 0;
  std::int64_t newest_ = 0;
  Time at_{};
};

}  // namespace parley::forwarding::congestion
