#include "server/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace parley::server {
namespace {

void gauge(prometheus::Registry& registry, const std::string& name, const std::string& help,
           double value) {
  prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({}).Set(value);
}

prometheus::Family<prometheus::Counter>& counter(prometheus::Registry& registry,
                                                 const std::string& name, const std::string& help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

std::string write_metrics(const MetricValues& values) {
  prometheus::Registry registry;
  gauge(registry, "parley_rooms", "Rooms just now", static_cast<double>(values.rooms));
  gauge(registry, "parley_participants", "Participants in all rooms, kept seats included",
        static_cast<double>(values.participants));
  gauge(registry, "parley_signaling_clients", "Open signaling connections",
        static_cast<double>(values.clients));
  gauge(registry, "parley_transport_connections", "Media connections",
        static_cast<double>(values.transport.connections));
  auto& packets = counter(registry, "parley_packets_total", "Datagrams through the media port");
  packets.Add({{"direction", "in"}}).Increment(static_cast<double>(values.transport.packets_in));
  packets.Add({{"direction", "out"}}).Increment(static_cast<double>(values.transport.packets_out));
  auto& dropped = counter(registry, "parley_packets_dropped_total", "Datagrams dropped, by reason");
  dropped.Add({{"reason", "unknown_address"}})
      .Increment(static_cast<double>(values.transport.dropped_unknown));
  dropped.Add({{"reason", "authentication"}})
      .Increment(static_cast<double>(values.transport.dropped_auth));
  dropped.Add({{"reason", "send_error"}})
      .Increment(static_cast<double>(values.transport.send_errors));
  return prometheus::TextSerializer().Serialize(registry.Collect());
}

}  // namespace parley::server
