#include "server/metrics.hpp"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

MetricValues busy() {
  MetricValues values;
  values.rooms = 2;
  values.events.leaves["removed"] = 3;
  values.events.transport_failures["dtls_failed"] = 1;
  values.events.refusals["room_full"] = 4;
  values.estimates = {300'000, 3'000'000};
  values.media.in[1].packets = 12;
  signaling::SubscriptionState flowing;
  flowing.state = "flowing";
  flowing.layer = signaling::LayerChoice{"h", 1, 2};
  values.add(flowing);
  signaling::SubscriptionState held;
  held.state = "held";
  values.add(held);
  return values;
}

TEST(Metrics, SayWhatThereIs) {
  const std::string text = write_metrics(busy());
  for (const char* line : {
           "parley_rooms 2\n",
           "parley_leaves_total{reason=\"removed\"} 3\n",
           "parley_transport_failures_total{reason=\"dtls_failed\"} 1\n",
           "parley_refused_requests_total{code=\"room_full\"} 4\n",
           "parley_subscriptions{state=\"held\"} 1\n",
           "parley_forwarded_layers{spatial=\"1\",temporal=\"2\"} 1\n",
           "parley_media_packets_total{direction=\"in\",kind=\"video\"} 12\n",
           "parley_bandwidth_estimate_bits_per_second_count 2\n",
           "parley_bandwidth_estimate_bits_per_second_bucket{le=\"1000000\"} 1\n",
           "# TYPE process_cpu_seconds_total counter\n",
       })
    EXPECT_THAT(text, HasSubstr(line));
}

TEST(Metrics, AreAllDocumented) {
  std::ifstream file(std::string(PARLEY_SOURCE_DIR) + "/docs/metrics.md");
  std::stringstream document;
  document << file.rdbuf();
  std::istringstream lines(write_metrics(busy()));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    const std::string name = line.substr(7, line.find(' ', 7) - 7);
    EXPECT_THAT(document.str(), HasSubstr('`' + name + '`'));
  }
}

TEST(ProcessStats, AreOfThisProcess) {
  const ProcessStats stats = read_process_stats();
  EXPECT_GE(stats.threads, 1u);
  EXPECT_GT(stats.resident_bytes, 1'000'000u);
  EXPECT_GT(stats.virtual_bytes, stats.resident_bytes);
  EXPECT_GE(stats.open_fds, 3u);
  EXPECT_GT(stats.max_fds, stats.open_fds);
  EXPECT_GT(stats.start_time_seconds, 1.6e9);
  EXPECT_LT(stats.cpu_seconds, 600);
}

}  // namespace
}  // namespace parley::server
