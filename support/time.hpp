// Time as the pure modules see it: always an argument, never read.
#pragma once

#include <chrono>
#include <string>

namespace parley {

using Duration = std::chrono::nanoseconds;
/// Monotonic time. On Linux steady_clock is CLOCK_MONOTONIC, the clock of every pipeline too.
using Time = std::chrono::time_point<std::chrono::steady_clock, Duration>;
/// Time of day, for what people read (chat, recordings).
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// "2026-05-01T12:00:00.123Z" (RFC 3339).
std::string iso8601(WallTime time);

inline Time now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}
inline WallTime wall_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace parley
