// Which numbers of a series came, each counted once.
#pragma once

#include <algorithm>
#include <bitset>
#include <cstdint>

namespace parley::load {

/// Plain value in fixed memory.
class Ledger {
 public:
  static constexpr std::int64_t kReach = 2048;  ///< how far back a number may come late

  /// False for a repetition, and for a number before the first or too old to tell.
  bool add(std::int64_t number) {
    if (count_ == 0) {
      first_ = last_ = number;
      came_.reset();
    }
    if (number > last_) {
      for (std::int64_t skipped = std::max(last_ + 1, number - kReach + 1); skipped < number;
           ++skipped)
        came_.reset(index(skipped));
      last_ = number;
    } else if (number < first_ || last_ - number >= kReach ||
               (count_ != 0 && came_[index(number)])) {
      return false;
    }
    came_.set(index(number));
    ++count_;
    return true;
  }

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::int64_t first() const { return first_; }
  [[nodiscard]] std::int64_t last() const { return last_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// Between the first and the last.
  [[nodiscard]] std::uint64_t missing() const {
    return count_ == 0 ? 0 : static_cast<std::uint64_t>(last_ - first_ + 1) - count_;
  }

 private:
  static std::size_t index(std::int64_t number) {
    return static_cast<std::uint64_t>(number) % kReach;
  }

  std::bitset<kReach> came_;
  std::int64_t first_ = 0, last_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace parley::load
