// NTP timestamps (RFC 5905) of the server's own monotonic clock.
//
// Every NTP time this server writes lies on one time line: monotonic time plus a fixed offset that
// means nothing outside. Receivers compare NTP times only with each other (RFC 3550 6.4.1), and
// one line for everything that is sent means that none of them jumps when a slot changes its
// source.
#pragma once

#include <cstdint>

#include "support/time.hpp"

namespace parley::forwarding {

/// 32 bits of seconds, 32 bits of fraction.
using NtpTime = std::uint64_t;

/// Added to monotonic time; far from 0, which means "unknown" in RTCP.
inline constexpr std::uint64_t kNtpOffsetSeconds = 1U << 31;

constexpr NtpTime to_ntp(Time time) {
  const std::int64_t total = time.time_since_epoch().count();
  const auto seconds = static_cast<std::uint64_t>(total / 1'000'000'000);
  const auto rest = static_cast<std::uint64_t>(total % 1'000'000'000);
  return ((seconds + kNtpOffsetSeconds) << 32) + (rest << 32) / 1'000'000'000;
}

/// Nanoseconds of an NTP time of anybody's clock, since that clock's zero.
constexpr Duration from_ntp(NtpTime ntp) {
  return std::chrono::seconds(ntp >> 32) +
         Duration(
             static_cast<std::int64_t>(((ntp & 0xffffffff) * 1'000'000'000 + (1U << 31)) >> 32));
}

/// The middle 32 bits, as LSR and DLSR have them: 1/65536 s (RFC 3550 6.4.1).
constexpr std::uint32_t compact(NtpTime ntp) {
  return static_cast<std::uint32_t>(ntp >> 16);
}
constexpr Duration from_compact(std::uint32_t units) {
  return Duration(static_cast<std::int64_t>(units) * 1'000'000'000 / 65536);
}
constexpr std::uint32_t to_compact(Duration duration) {
  return static_cast<std::uint32_t>(duration.count() * 65536 / 1'000'000'000);
}

/// abs-send-time: 6.18 fixed point seconds, 24 bits.
constexpr std::uint32_t abs_send_time(Time time) {
  return static_cast<std::uint32_t>(to_ntp(time) >> 14) & 0xffffff;
}

}  // namespace parley::forwarding
