// Which packets of a stream are missing, and when to ask for them (RFC 4585 6.2.1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "support/time.hpp"

namespace parley::forwarding {

/// Asks for every missing packet once per round trip, and after a while less often where that is
/// short: somebody busy may need longer than the network. Until it comes or is given up. Pure; all
/// memory is its own.
class NackGenerator {
 public:
  static constexpr std::size_t kMaxMissing = 256;
  static constexpr unsigned kMaxTries = 10;
  /// Older packets would come too late to be shown.
  static constexpr Duration kMaxAge = std::chrono::seconds(1);
  static constexpr Duration kMinInterval = std::chrono::milliseconds(20);

  /// Packets from `first` up to but not including `end` were skipped over. False when these are
  /// too many to be asked for: then nothing is missing any more, and only a keyframe helps.
  bool on_gap(std::int64_t first, std::int64_t end, Time now);
  /// A missing packet came. Returns the time from asking to receiving where it was asked for once:
  /// a measure of the round trip.
  std::optional<Duration> on_late(std::int64_t sequence, Time now);
  /// Puts what is to be asked for now into `out`, ascending, and returns how many. What does not
  /// fit is due the next time.
  std::size_t collect(Duration rtt, Time now, std::span<std::uint16_t> out);
  /// Whether something was given up since this was asked for last.
  [[nodiscard]] bool take_given_up() { return std::exchange(given_up_, false); }
  /// Whether the packet is missing and may yet come.
  [[nodiscard]] bool awaits(std::int64_t sequence) const { return find(sequence) != count_; }
  void clear() { count_ = 0; }
  [[nodiscard]] std::size_t missing() const { return count_; }

 private:
  struct Missing {
    std::int64_t sequence = 0;
    Time noticed{};
    Time asked{};
    unsigned tries = 0;
  };

  // Its place; count_ when it is not there.
  [[nodiscard]] std::size_t find(std::int64_t sequence) const;

  std::array<Missing, kMaxMissing> missing_;  // ascending
  std::size_t count_ = 0;
  bool given_up_ = false;
};

}  // namespace parley::forwarding
