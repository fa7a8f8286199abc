// Who speaks, from the audio levels that senders put on their packets (RFC 6464).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "support/time.hpp"

namespace parley::forwarding {

/// Speaking begins with three loud packets close together, so that a click is none, and ends
/// after a pause longer than those between words. Pure.
class SpeakingDetector {
 public:
  /// -dBov: 0 is the loudest, 127 silence. Speech is at 20 to 40, a quiet room at 60 and more.
  static constexpr std::uint8_t kLoud = 45;
  static constexpr Duration kBeginWithin = std::chrono::milliseconds(1200);
  static constexpr Duration kEndAfter = std::chrono::milliseconds(800);

  /// A packet's level, as in the extension without its V bit. Returns what changed, if it did.
  std::optional<bool> on_level(std::uint8_t level, Time now) {
    if (level > kLoud) return tick(now);
    const bool close = loud_[next_] && now - *loud_[next_] <= kBeginWithin;
    last_loud_ = now;
    loud_[next_] = now;
    next_ = (next_ + 1) % loud_.size();
    return close ? become(true) : std::nullopt;
  }
  std::optional<bool> tick(Time now) {
    return speaking_ && now - last_loud_ > kEndAfter ? become(false) : std::nullopt;
  }

 private:
  std::optional<bool> become(bool speaking) {
    if (speaking_ == speaking) return std::nullopt;
    speaking_ = speaking;
    return speaking;
  }

  std::array<std::optional<Time>, 2> loud_;  // the loud packets before, the older one at next_
  std::size_t next_ = 0;
  Time last_loud_{};
  bool speaking_ = false;
};

}  // namespace parley::forwarding
