#include "server/process_stats.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace parley::server {
namespace {

/// Seconds since 1970 at which the machine started.
double boot_time() {
  std::ifstream stat("/proc/stat");
  std::string line;
  while (std::getline(stat, line))
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  return 0;
}

/// The fields of /proc/self/stat from the third on (proc(5)); the second may hold spaces.
std::istringstream fields_from_third() {
  std::ifstream stat("/proc/self/stat");
  std::string line;
  std::getline(stat, line);
  const auto end = line.rfind(')');
  return std::istringstream(end == std::string::npos ? "" : line.substr(end + 1));
}

std::uint64_t count_open_fds() {
  std::error_code error;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator fds("/proc/self/fd", error), end; !error && fds != end;
       fds.increment(error))
    ++count;
  return count > 0 ? count - 1 : 0;  // without the one that reads the folder
}

}  // namespace

ProcessStats read_process_stats() {
  ProcessStats stats;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  auto fields = fields_from_third();
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;  // 14 and 15
  for (int field = 16; field < 20; ++field) fields >> skipped;
  double start = 0;
  std::uint64_t resident_pages = 0;
  fields >> stats.threads >> skipped >> start >> stats.virtual_bytes >> resident_pages;  // 20 to 24
  stats.cpu_seconds = (user + system) / ticks;
  stats.start_time_seconds = boot_time() + start / ticks;
  stats.resident_bytes = resident_pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  stats.open_fds = count_open_fds();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) stats.max_fds = limit.rlim_cur;
  return stats;
}

}  // namespace parley::server
