// A distribution of durations in fixed memory, exact to 1.6 %.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "support/time.hpp"

namespace parley::load {

/// Buckets grow with the value: 64 of equal width to each power of two. Plain value.
class Histogram {
 public:
  void add(Duration duration) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
    ++counts_[std::min(index_of(value), kBuckets - 1)];
    ++count_;
    max_ = std::max(max_, value);
  }
  void merge(const Histogram& other) {
    for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Duration max() const { return Duration(static_cast<std::int64_t>(max_)); }
  /// The value that `part` (0 to 1) of all do not exceed; 0 when there are none.
  [[nodiscard]] Duration percentile(double part) const {
    const auto rank = static_cast<std::uint64_t>(part * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < kBuckets; ++i) {
      seen += counts_[i];
      if (seen > rank || (seen == count_ && seen != 0))
        return Duration(static_cast<std::int64_t>(std::min(upper(i), max_)));
    }
    return {};
  }

 private:
  static constexpr unsigned kBits = 6;
  static constexpr std::size_t kPart = 1U << kBits;
  static constexpr std::size_t kBuckets = kPart * 36;  // up to 68 s

  static constexpr std::size_t index_of(std::uint64_t value) {
    if (value < kPart) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return kPart * (shift + 1) + ((value >> shift) - kPart);
  }
  static constexpr std::uint64_t upper(std::size_t index) {
    if (index < kPart) return index;
    const std::size_t shift = index / kPart - 1;
    return ((index % kPart + kPart + 1) << shift) - 1;
  }

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace parley::load
