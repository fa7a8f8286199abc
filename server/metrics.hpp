// The server's numbers in Prometheus' text format.
#pragma once

#include <cstddef>
#include <string>

#include "transport/transport.hpp"

namespace parley::server {

struct MetricValues {
  std::size_t rooms = 0;
  std::size_t participants = 0;
  std::size_t clients = 0;
  transport::Counters transport;
};

[[nodiscard]] std::string write_metrics(const MetricValues& values);

}  // namespace parley::server
