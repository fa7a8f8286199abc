#include "server/metrics.hpp"

#include <algorithm>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "support/media.hpp"

namespace parley::server {
namespace {

using Labels = prometheus::Labels;

/// The families of one answer: made anew for each, so that a label that went is gone.
class Answer {
 public:
  template <typename Number>
  void gauge(const std::string& name, const std::string& help, Number value,
             const Labels& labels = {}) {
    gauges(name, help).Add(labels).Set(static_cast<double>(value));
  }
  template <typename Number>
  void counter(const std::string& name, const std::string& help, Number value,
               const Labels& labels = {}) {
    counters(name, help).Add(labels).Increment(static_cast<double>(value));
  }
  /// One counter a key.
  void counters_by(const std::string& name, const std::string& help, const char* label,
                   const std::map<std::string, std::uint64_t>& values) {
    auto& family = counters(name, help);
    for (const auto& [key, value] : values)
      family.Add({{label, key}}).Increment(static_cast<double>(value));
  }
  void histogram(const std::string& name, const std::string& help,
                 const prometheus::Histogram::BucketBoundaries& bounds,
                 const std::vector<std::uint64_t>& values) {
    auto& histogram =
        prometheus::BuildHistogram().Name(name).Help(help).Register(registry_).Add({}, bounds);
    for (const std::uint64_t value : values) histogram.Observe(static_cast<double>(value));
  }
  [[nodiscard]] std::string text() const {
    return prometheus::TextSerializer().Serialize(registry_.Collect());
  }

 private:
  prometheus::Family<prometheus::Gauge>& gauges(const std::string& name, const std::string& help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry_);
  }
  prometheus::Family<prometheus::Counter>& counters(const std::string& name,
                                                    const std::string& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
  }

  prometheus::Registry registry_;
};

void add_now(Answer& answer, const MetricValues& values) {
  answer.gauge("parley_rooms", "Rooms just now", values.rooms);
  answer.gauge("parley_participants", "Participants in all rooms, kept seats included",
               values.participants);
  answer.gauge("parley_tracks", "Tracks that participants publish", values.tracks);
  answer.gauge("parley_signaling_clients", "Open signaling connections", values.clients);
  answer.gauge("parley_transport_connections", "Media connections", values.transport.connections);
  for (const auto& [state, count] : values.subscriptions)
    answer.gauge("parley_subscriptions", "Tracks linked to a subscriber, by state", count,
                 {{"state", state}});
  for (const auto& [layer, count] : values.layers_sent)
    answer.gauge(
        "parley_forwarded_layers", "Video subscriptions, by the layer that is sent", count,
        {{"spatial", std::to_string(layer.first)}, {"temporal", std::to_string(layer.second)}});
  answer.histogram("parley_bandwidth_estimate_bits_per_second",
                   "Bandwidth towards the participants as estimated just now",
                   {1e5, 2.5e5, 5e5, 1e6, 2e6, 4e6, 8e6, 16e6}, values.estimates);
}

void add_events(Answer& answer, const EventCounts& events) {
  answer.counter("parley_joins_total", "Participants that joined", events.joins);
  answer.counter("parley_resumes_total", "Seats taken back after a lost connection",
                 events.resumes);
  answer.counters_by("parley_leaves_total", "Participants that left, by reason", "reason",
                     events.leaves);
  answer.counters_by("parley_transport_failures_total", "Media connections that failed, by reason",
                     "reason", events.transport_failures);
  answer.counters_by("parley_refused_requests_total", "Requests refused by a room, by error code",
                     "code", events.refusals);
}

void add_transport(Answer& answer, const transport::Counters& transport) {
  const std::string packets = "parley_packets_total";
  const std::string help = "Datagrams through the media port";
  answer.counter(packets, help, transport.packets_in, {{"direction", "in"}});
  answer.counter(packets, help, transport.packets_out, {{"direction", "out"}});
  answer.counters_by("parley_packets_dropped_total", "Datagrams dropped, by reason", "reason",
                     {{"unknown_address", transport.dropped_unknown},
                      {"authentication", transport.dropped_auth},
                      {"overload", transport.dropped_overload},
                      {"send_error", transport.send_errors}});
  answer.counter("parley_packets_handed_over_total",
                 "Datagrams that came in on another shard's socket than their own",
                 transport.handed_over);
  answer.counter("parley_outputs_lost_total", "Track sources given up for an error in the pipeline",
                 transport.outputs_lost);
}

void add_flow(Answer& answer, const char* direction, media::Kind kind,
              const MediaTotals::Flow& flow) {
  const Labels labels{{"direction", direction}, {"kind", std::string(media::to_string(kind))}};
  answer.counter("parley_media_packets_total", "RTP packets of tracks, retransmissions not",
                 flow.packets, labels);
  answer.counter("parley_media_bytes_total", "Bytes of their payload", flow.bytes, labels);
}

void add_media(Answer& answer, const MediaTotals& media) {
  for (const media::Kind kind : {media::Kind::Audio, media::Kind::Video}) {
    add_flow(answer, "in", kind, media.in.at(static_cast<std::size_t>(kind)));
    add_flow(answer, "out", kind, media.out.at(static_cast<std::size_t>(kind)));
  }
  const auto both = [&](const std::string& name, const std::string& help, std::uint64_t in,
                        std::uint64_t out, const char* label_in, const char* label_out) {
    answer.counter(name, help, in, {{"direction", label_in}});
    answer.counter(name, help, out, {{"direction", label_out}});
  };
  both("parley_media_lost_total", "RTP packets lost for good, from publishers and to subscribers",
       media.lost_in, media.lost_out, "in", "out");
  both("parley_nacks_total", "Sequence numbers asked for, by us and by subscribers",
       media.nacks_sent, media.nacks_received, "sent", "received");
  both("parley_keyframe_requests_total", "PLI and FIR, to publishers and from subscribers",
       media.keyframe_requests_sent, media.keyframe_requests_received, "sent", "received");
  answer.counter("parley_retransmissions_total", "Packets sent again to subscribers",
                 media.retransmitted);
  answer.counter("parley_media_too_large_total", "Packets that did not fit a datagram",
                 media.too_large);
}

void add_process(Answer& answer, const ProcessStats& process) {
  answer.counter("process_cpu_seconds_total", "User and system CPU time", process.cpu_seconds);
  answer.gauge("process_start_time_seconds", "Start of the process, since 1970",
               process.start_time_seconds);
  answer.gauge("process_resident_memory_bytes", "Resident memory", process.resident_bytes);
  answer.gauge("process_virtual_memory_bytes", "Virtual memory", process.virtual_bytes);
  answer.gauge("process_threads", "Threads", process.threads);
  answer.gauge("process_open_fds", "Open file descriptors", process.open_fds);
  answer.gauge("process_max_fds", "File descriptors there may be", process.max_fds);
}

}  // namespace

void MetricValues::add(const signaling::SubscriptionState& subscription) {
  ++subscriptions[subscription.state];
  if (subscription.state == "flowing" && subscription.layer)
    ++layers_sent[{subscription.layer->spatial, subscription.layer->temporal}];
}

std::string write_metrics(const MetricValues& values) {
  Answer answer;
  add_now(answer, values);
  add_events(answer, values.events);
  add_transport(answer, values.transport);
  add_media(answer, values.media);
  add_process(answer, values.process);
  return answer.text();
}

}  // namespace parley::server
