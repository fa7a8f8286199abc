// How often a subscriber gets lost packets again.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "support/time.hpp"

namespace parley::forwarding {

/// Each packet at most once a round trip, and all of them together no more than half of what is
/// sent anyway: a subscriber that asks without end costs no more than that. Pure.
class ResendLimit {
 public:
  static constexpr Duration kMinInterval = std::chrono::milliseconds(20);

  /// A packet went out for the first time.
  void on_sent(std::size_t bytes) { allowance_ = std::min(allowance_ + bytes / 2, kMaxAllowance); }
  /// True when packet `sequence` may go out again now; counts it as sent.
  [[nodiscard]] bool take(std::uint16_t sequence, std::size_t bytes, Duration rtt, Time now) {
    Resent& last = resent_[sequence % resent_.size()];
    const bool repeated = last.known && last.sequence == sequence;
    if (bytes > allowance_ || (repeated && now - last.at < std::max(rtt, kMinInterval)))
      return false;
    last = {now, sequence, true};
    allowance_ -= bytes;
    return true;
  }

 private:
  struct Resent {
    Time at{};
    std::uint16_t sequence = 0;
    bool known = false;
  };
  static constexpr std::size_t kMaxAllowance = 256 * 1024;

  std::array<Resent, 512> resent_{};
  std::size_t allowance_ = 64 * 1024;
};

}  // namespace parley::forwarding
