// The server's numbers in Prometheus' text format; docs/metrics.md lists them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/measurement.hpp"
#include "server/process_stats.hpp"
#include "signaling/backend.hpp"
#include "transport/transport.hpp"

namespace parley::server {

/// What happened since the server started.
struct EventCounts {
  std::uint64_t joins = 0;
  std::uint64_t resumes = 0;
  std::map<std::string, std::uint64_t> leaves;              ///< by reason
  std::map<std::string, std::uint64_t> transport_failures;  ///< by reason
  std::map<std::string, std::uint64_t> refusals;            ///< of requests, by error code
};

struct MetricValues {
  std::size_t rooms = 0;
  std::size_t participants = 0;
  std::size_t clients = 0;
  std::size_t tracks = 0;
  std::map<std::string, std::size_t> subscriptions;                  ///< by state
  std::map<std::pair<unsigned, unsigned>, std::size_t> layers_sent;  ///< by spatial and temporal
  std::vector<std::uint64_t> estimates;  ///< of bandwidth, a participant
  transport::Counters transport;
  MediaTotals media;
  EventCounts events;
  ProcessStats process;

  void add(const signaling::SubscriptionState& subscription);
};

[[nodiscard]] std::string write_metrics(const MetricValues& values);

}  // namespace parley::server
