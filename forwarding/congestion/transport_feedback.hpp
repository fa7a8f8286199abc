// RTCP's transport-wide feedback: which of the numbered packets came, and when
// (draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1). Pure; no allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "forwarding/bytes.hpp"
#include "support/time.hpp"

namespace parley::forwarding::congestion {

/// Times of arrival are told in these; they count from an origin that only the receiver knows.
using ArrivalTicks = std::int64_t;
inline constexpr Duration kArrivalTick = std::chrono::microseconds(250);
inline constexpr ArrivalTicks kReferenceTicks = 256;  ///< the reference time's unit, 64 ms

/// What a feedback message says, after the two SSRCs. Refers to the bytes it was read from.
class TransportFeedback {
 public:
  /// Nothing when a length in it does not hold, or a symbol is reserved.
  static std::optional<TransportFeedback> parse(Bytes fci);

  [[nodiscard]] std::uint16_t base() const { return base_; }
  [[nodiscard]] std::uint16_t count() const { return count_; }
  /// 24 bits, in units of kReferenceTicks.
  [[nodiscard]] std::int32_t reference() const { return reference_; }
  [[nodiscard]] std::uint8_t number() const { return number_; }

  /// Calls `take(offset from base(), std::optional<ArrivalTicks> since the reference)` for each
  /// packet, in order; none: it did not come.
  template <typename Take>
  void for_each(Take take) const {
    ArrivalTicks at = 0;
    std::size_t delta = 0;
    walk([&](std::uint16_t offset, unsigned symbol) {
      if (symbol == kMissing) {
        take(offset, std::optional<ArrivalTicks>());
        return true;
      }
      at += symbol == kSmall ? deltas_[delta] : static_cast<std::int16_t>(read_u16(deltas_, delta));
      delta += symbol;
      take(offset, std::optional<ArrivalTicks>(at));
      return true;
    });
  }

  // A packet's symbol is also the size of its delta.
  static constexpr unsigned kMissing = 0;
  static constexpr unsigned kSmall = 1;
  static constexpr unsigned kLarge = 2;
  static constexpr std::size_t kHeader = 8;

 private:
  // Calls `take(offset, symbol)` for each packet, until it returns false. Returns the bytes of the
  // chunks; 0 when they do not cover all packets.
  template <typename Take>
  std::size_t walk(Take take) const {
    std::size_t at = 0;
    for (std::uint16_t offset = 0; offset < count_; at += 2) {
      if (at + 2 > chunks_.size()) return 0;
      const unsigned chunk = read_u16(chunks_, at);
      const bool vector = (chunk & 0x8000) != 0;
      const bool two_bits = vector && (chunk & 0x4000) != 0;
      const unsigned length = !vector ? chunk & 0x1fff : two_bits ? 7 : 14;
      if (length == 0) return 0;
      for (unsigned i = 0; i < length && offset < count_; ++i) {
        const unsigned symbol = !vector    ? chunk >> 13 & 3
                                : two_bits ? chunk >> (12 - 2 * i) & 3
                                           : chunk >> (13 - i) & 1;
        if (!take(offset++, symbol)) return 0;
      }
    }
    return at;
  }

  std::uint16_t base_ = 0;
  std::uint16_t count_ = 0;
  std::int32_t reference_ = 0;
  std::uint8_t number_ = 0;
  Bytes chunks_;  // and what follows them
  Bytes deltas_;
};

}  // namespace parley::forwarding::congestion
