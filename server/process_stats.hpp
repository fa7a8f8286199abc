// What the operating system says of this process.
#pragma once

#include <cstdint>

namespace parley::server {

/// As the standard Prometheus client libraries name them (process_…).
struct ProcessStats {
  double cpu_seconds = 0;         ///< user and system
  double start_time_seconds = 0;  ///< since 1970
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t threads = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
};

/// Reads /proc; what cannot be read is 0.
[[nodiscard]] ProcessStats read_process_stats();

}  // namespace parley::server
