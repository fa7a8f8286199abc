// The outcome of a run, for people and for programs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "load/media/counts.hpp"
#include "load/run/delivery.hpp"
#include "load/run/options.hpp"
#include "load/run/process.hpp"

namespace parley::load {

struct ServerSamples {
  ProcessSample before;  ///< without subscribers, or without anybody where there are none
  ProcessSample begin, end;
  std::size_t clients = 0;  ///< that came after `before`
};

struct Report {
  std::size_t joined = 0;  ///< clients that were connected at some time
  std::size_t failed = 0;  ///< did not join, or did not stay
  std::map<std::string, std::size_t> errors;
  bool interrupted = false;

  Duration measured{};
  Delivery delivery;
  Totals totals;
  std::vector<Duration> joins;  ///< from opening the WebSocket to the first media packet
  std::size_t churned = 0;      ///< subscribers that left and joined again
  std::optional<ServerSamples> server;
  Duration own_cpu{};  ///< of the tool itself, while measuring
};

/// The value that `part` (0 to 1) of all do not exceed; 0 of none.
Duration percentile(std::vector<Duration> values, double part);

std::string to_text(const Report& report, const Options& options);
std::string to_json(const Report& report, const Options& options);

}  // namespace parley::load
