#include "load/run/report.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace parley::load {
namespace {

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count()) * 1e-6;
}

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) * 1e-9;
}

/// What the samples and counters say per second, per packet and per client.
struct Figures {
  Figures(const Report& report, const Options& options) {
    const double span = std::max(seconds(report.measured), 1e-9);
    packets_per_second = static_cast<double>(report.delivery.received) / span;
    megabits_per_second = static_cast<double>(report.totals.bytes) * 8e-6 / span;
    own_cpu_percent = 100 * seconds(report.own_cpu) / span;
    sent_per_second = static_cast<double>(report.totals.sent) / span;
    if (!report.server) return;
    const ServerSamples& server = *report.server;
    const Duration cpu = server.end.cpu - server.begin.cpu;
    const double server_span = std::max(seconds(server.end.at - server.begin.at), 1e-9);
    cpu_percent = 100 * seconds(cpu) / server_span;
    if (report.totals.packets != 0)
      cpu_us_per_packet =
          static_cast<double>(cpu.count()) * 1e-3 / static_cast<double>(report.totals.packets);
    const auto switches = static_cast<double>(server.end.voluntary_switches) -
                          static_cast<double>(server.begin.voluntary_switches);
    switches_per_second = switches / server_span;
    const auto clients = static_cast<double>(std::max<std::size_t>(server.clients, 1));
    threads_per_client =
        (static_cast<double>(server.end.threads) - static_cast<double>(server.before.threads)) /
        clients;
    kib_per_client =
        (static_cast<double>(server.end.resident) - static_cast<double>(server.before.resident)) /
        1024 / clients;
    per = options.subscribers != 0 ? "subscriber" : "client";
  }

  double packets_per_second = 0, megabits_per_second = 0, sent_per_second = 0;
  double own_cpu_percent = 0, cpu_percent = 0, cpu_us_per_packet = 0, switches_per_second = 0;
  double threads_per_client = 0, kib_per_client = 0;
  std::string per;
};

std::string escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out;
}

/// One JSON object, its members in the order they are added.
class Object {
 public:
  explicit Object(int depth = 0) : indent_(static_cast<std::size_t>(2 * depth + 2), ' ') {}

  void add(const char* name, const std::string& value) { put(name, '"' + escape(value) + '"'); }
  void add(const char* name, bool value) { put(name, value ? "true" : "false"); }
  void add(const char* name, std::uint64_t value) { put(name, std::to_string(value)); }
  void add(const char* name, double value) { put(name, fmt::format("{:.3f}", value)); }
  void add(const char* name, const Object& value) { put(name, value.text()); }

  [[nodiscard]] std::string text() const { return "{" + text_ + "\n" + indent_.substr(2) + "}"; }

 private:
  void put(const char* name, const std::string& value) {
    text_ +=
        fmt::format("{}\n{}\"{}\": {}", text_.empty() ? "" : ",", indent_, escape(name), value);
  }

  std::string indent_;
  std::string text_;
};

Object clients_json(const Report& report, const Options& options) {
  Object object(1);
  object.add("wanted", static_cast<std::uint64_t>(options.clients()));
  object.add("joined", static_cast<std::uint64_t>(report.joined));
  object.add("failed", static_cast<std::uint64_t>(report.failed));
  object.add("churned", static_cast<std::uint64_t>(report.churned));
  return object;
}

Object packets_json(const Report& report, const Figures& figures) {
  const Totals& totals = report.totals;
  Object object(1);
  object.add("sent", totals.sent);
  object.add("expected", report.delivery.expected);
  object.add("received", report.delivery.received);
  object.add("lost", report.delivery.lost());
  object.add("lossPercent", 100 * report.delivery.loss());
  object.add("recovered", totals.recovered);
  object.add("repeated", totals.repeated);
  object.add("unauthentic", totals.unauthentic);
  object.add("nacked", totals.nacks);
  object.add("keyframeRequests", totals.keyframe_requests);
  object.add("perSecond", figures.packets_per_second);
  object.add("megabitsPerSecond", figures.megabits_per_second);
  return object;
}

Object latency_json(const Histogram& latency) {
  Object object(1);
  object.add("p50", milliseconds(latency.percentile(0.5)));
  object.add("p95", milliseconds(latency.percentile(0.95)));
  object.add("p99", milliseconds(latency.percentile(0.99)));
  object.add("max", milliseconds(latency.max()));
  object.add("count", latency.count());
  return object;
}

Object joins_json(const std::vector<Duration>& joins) {
  Object object(1);
  object.add("median", milliseconds(percentile(joins, 0.5)));
  object.add("p95", milliseconds(percentile(joins, 0.95)));
  object.add("max", milliseconds(percentile(joins, 1)));
  object.add("count", static_cast<std::uint64_t>(joins.size()));
  return object;
}

Object server_json(const ServerSamples& server, const Figures& figures) {
  Object object(1);
  object.add("cpuMicrosecondsPerPacket", figures.cpu_us_per_packet);
  object.add("cpuPercent", figures.cpu_percent);
  object.add("threads", static_cast<std::uint64_t>(server.end.threads));
  object.add("threadsBefore", static_cast<std::uint64_t>(server.before.threads));
  object.add("threadsPerClient", figures.threads_per_client);
  object.add("residentKib", server.end.resident / 1024);
  object.add("residentKibBefore", server.before.resident / 1024);
  object.add("residentKibPerClient", figures.kib_per_client);
  object.add("voluntarySwitchesPerSecond", figures.switches_per_second);
  return object;
}

}  // namespace

Duration percentile(std::vector<Duration> values, double part) {
  if (values.empty()) return {};
  const auto rank = std::min(static_cast<std::size_t>(part * static_cast<double>(values.size())),
                             values.size() - 1);
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(rank));
  return values[rank];
}

std::string to_json(const Report& report, const Options& options) {
  const Figures figures(report, options);
  Object object;
  object.add("version", std::string(PARLEY_VERSION));
  object.add("url", options.endpoint.url("http", ""));
  object.add("rooms", static_cast<std::uint64_t>(options.rooms));
  object.add("publishers", static_cast<std::uint64_t>(options.publishers));
  object.add("subscribers", static_cast<std::uint64_t>(options.subscribers));
  object.add("allToAll", options.all_to_all);
  object.add("interrupted", report.interrupted);
  object.add("seconds", seconds(report.measured));
  object.add("clients", clients_json(report, options));
  object.add("packets", packets_json(report, figures));
  object.add("latencyMs", latency_json(report.totals.latency));
  object.add("joinMs", joins_json(report.joins));
  if (report.server) object.add("server", server_json(*report.server, figures));
  Object tool(1);
  tool.add("cpuPercent", figures.own_cpu_percent);
  tool.add("sendFailures", report.totals.send_failures);
  object.add("tool", tool);
  Object errors(1);
  for (const auto& [error, count] : report.errors)
    errors.add(error.c_str(), static_cast<std::uint64_t>(count));
  object.add("errors", errors);
  return object.text() + "\n";
}

std::string to_text(const Report& report, const Options& options) {
  const Figures figures(report, options);
  const Totals& totals = report.totals;
  std::string text;
  const auto line = [&](const char* name, const std::string& value) {
    text += fmt::format("{:<10} {}\n", name, value);
  };
  line("clients",
       fmt::format(
           "{} of {} joined, {} failed{}", report.joined, options.clients(), report.failed,
           report.churned != 0 ? fmt::format(", {} left and joined again", report.churned) : ""));
  for (const auto& [error, count] : report.errors) line("", fmt::format("{} x {}", count, error));
  if (report.measured.count() == 0) return text + "nothing was measured\n";
  line("measured", fmt::format("{:.1f} s{}", seconds(report.measured),
                               report.interrupted ? ", then interrupted" : ""));
  line("sent", fmt::format("{:.0f} packets/s", figures.sent_per_second));
  line("received", fmt::format("{:.0f} packets/s, {:.1f} Mbit/s", figures.packets_per_second,
                               figures.megabits_per_second));
  line("lost", fmt::format("{} of {} ({:.3f} %), {} recovered, {} repeated", report.delivery.lost(),
                           report.delivery.expected, 100 * report.delivery.loss(), totals.recovered,
                           totals.repeated));
  if (totals.unauthentic != 0) line("", fmt::format("{} not authentic", totals.unauthentic));
  const Histogram& latency = totals.latency;
  if (latency.count() == 0)
    line("latency", "not measured: no packet that came carried its send time");
  else
    line("latency",
         fmt::format("p50 {:.2f} ms, p95 {:.2f} ms, p99 {:.2f} ms, max {:.2f} ms",
                     milliseconds(latency.percentile(0.5)), milliseconds(latency.percentile(0.95)),
                     milliseconds(latency.percentile(0.99)), milliseconds(latency.max())));
  if (!report.joins.empty())
    line("join", fmt::format("median {:.0f} ms, p95 {:.0f} ms, max {:.0f} ms",
                             milliseconds(percentile(report.joins, 0.5)),
                             milliseconds(percentile(report.joins, 0.95)),
                             milliseconds(percentile(report.joins, 1))));
  if (report.server) {
    const ServerSamples& server = *report.server;
    line("server",
         fmt::format("{:.2f} us CPU per packet, {:.0f} % of a core, {:.0f} voluntary "
                     "switches/s",
                     figures.cpu_us_per_packet, figures.cpu_percent, figures.switches_per_second));
    line("", fmt::format("{} threads, {:.1f} per {}; {:.1f} MiB resident, {:.0f} KiB per {}",
                         server.end.threads, figures.threads_per_client, figures.per,
                         static_cast<double>(server.end.resident) / (1 << 20),
                         figures.kib_per_client, figures.per));
  }
  line("tool", fmt::format("{:.0f} % of a core{}", figures.own_cpu_percent,
                           totals.send_failures != 0
                               ? fmt::format(", {} packets not sent", totals.send_failures)
                               : ""));
  return text;
}

}  // namespace parley::load
