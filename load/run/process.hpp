// What a process costs its machine, as Linux tells it.
#pragma once

#include <cstdint>
#include <string_view>

#include "support/result.hpp"
#include "support/time.hpp"

namespace parley::load {

struct ProcessSample {
  Time at{};
  Duration cpu{};              ///< of all its threads so far, those that ended too
  std::uint64_t resident = 0;  ///< bytes
  unsigned threads = 0;
  std::uint64_t voluntary_switches = 0;  ///< of the threads there are
};

/// Error "no_process".
Result<ProcessSample> sample_process(int pid);

/// The value after `name:` in a file like /proc/PID/status; 0 when it is not there.
std::uint64_t status_value(std::string_view status, std::string_view name);

}  // namespace parley::load
