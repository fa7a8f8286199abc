#include "load/run/process.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <time.h>

namespace parley::load {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace

std::uint64_t status_value(std::string_view status, std::string_view name) {
  std::size_t at = 0;
  while (at < status.size()) {
    const std::size_t end = std::min(status.find('\n', at), status.size());
    std::string_view line = status.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(name) || !line.substr(name.size()).starts_with(':')) continue;
    line.remove_prefix(std::min(line.find_first_of("0123456789"), line.size()));
    std::uint64_t value = 0;
    std::from_chars(line.data(), line.data() + line.size(), value);
    return value;
  }
  return 0;
}

Result<ProcessSample> sample_process(int pid) {
  const fs::path folder = "/proc/" + std::to_string(pid);
  const std::string status = read_file(folder / "status");
  clockid_t clock{};
  timespec cpu{};
  // The process's own CPU clock counts what /proc/PID/stat does, in nanoseconds instead of ticks.
  if (status.empty() || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &cpu) != 0)
    return Error{"no_process", "there is no process " + std::to_string(pid) + " to measure"};
  ProcessSample sample;
  sample.at = now();
  sample.cpu = std::chrono::seconds(cpu.tv_sec) + Duration(cpu.tv_nsec);
  sample.resident = status_value(status, "VmRSS") * 1024;
  sample.threads = static_cast<unsigned>(status_value(status, "Threads"));
  std::error_code ended;
  for (const auto& task : fs::directory_iterator(folder / "task", ended))
    sample.voluntary_switches +=
        status_value(read_file(task.path() / "status"), "voluntary_ctxt_switches");
  return sample;
}

}  // namespace parley::load
