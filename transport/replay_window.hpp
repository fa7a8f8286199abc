// Which packet numbers were there already (RFC 3711 3.3.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace parley::transport {

/// Remembers the `kSize` numbers up to the highest one; below them everything counts as seen.
template <std::size_t kSize>
class ReplayWindow {
 public:
  [[nodiscard]] std::uint64_t highest() const { return highest_; }
  [[nodiscard]] bool is_new(std::uint64_t number) const {
    if (number > highest_) return true;
    return highest_ - number < kSize && (word(number) & bit(number)) == 0;
  }
  void add(std::uint64_t number) {
    if (number > highest_) {
      if (number - highest_ >= kSize)
        seen_.fill(0);
      else
        for (std::uint64_t n = highest_ + 1; n < number; ++n) word(n) &= ~bit(n);
      highest_ = number;
    }
    word(number) |= bit(number);
  }

 private:
  static_assert(kSize % 64 == 0);

  [[nodiscard]] static std::uint64_t bit(std::uint64_t number) {
    return std::uint64_t{1} << number % 64;
  }
  [[nodiscard]] std::uint64_t& word(std::uint64_t number) { return seen_[number % kSize / 64]; }
  [[nodiscard]] std::uint64_t word(std::uint64_t number) const {
    return seen_[number % kSize / 64];
  }

  std::array<std::uint64_t, kSize / 64> seen_{};
  std::uint64_t highest_ = 0;
};

}  // namespace parley::transport
