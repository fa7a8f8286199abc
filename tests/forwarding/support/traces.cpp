#include "tests/forwarding/support/traces.hpp"

#include <algorithm>
#include <memory>

namespace parley::forwarding::test {
namespace {

using namespace std::chrono_literals;

constexpr Time kBegin{1000s};
constexpr std::size_t kCrossPacket = 1200;

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

BottleneckConditions rate(double bits_per_second) {
  BottleneckConditions conditions;
  conditions.bits_per_second = bits_per_second;
  return conditions;
}

const std::vector<double> kSimulcast{150e3, 500e3, 2000e3};

}  // namespace

TraceResult run_trace(const Trace& trace, unsigned seed) {
  Bottleneck link(trace.steps.front().conditions, seed);
  std::vector<std::unique_ptr<CongestionFlow>> flows;
  for (unsigned i = 0; i < trace.flows; ++i)
    flows.push_back(std::make_unique<CongestionFlow>(link, trace.flow, seed + i, kBegin));
  CongestionFlow& flow = *flows.front();

  TraceResult result;
  result.name = trace.name;
  const Trace::Step& last = trace.steps.back();
  const double asked = trace.flow.layers.empty() ? trace.flow.most : trace.flow.layers.back();
  const double share =
      (last.conditions.bits_per_second - last.cross) / static_cast<double>(trace.flows);
  const double there = std::min(share, asked);
  const bool falls =
      trace.steps.size() > 1 && last.conditions.bits_per_second <
                                    trace.steps[trace.steps.size() - 2].conditions.bits_per_second;
  std::size_t step = 0;
  Time next_cross = kBegin;
  double media = 0;
  result.lowest_rate = 1e12;
  for (Time now = kBegin; now < kBegin + trace.length; now += 1ms) {
    const Duration at = now - kBegin;
    if (step + 1 < trace.steps.size() && at >= trace.steps[step + 1].from)
      link.set_conditions(trace.steps[++step].conditions);
    if (const double cross = trace.steps[step].cross; cross > 0)
      for (next_cross = std::max(next_cross, now); next_cross < now + 1ms;
           next_cross += Duration(static_cast<std::int64_t>(kCrossPacket * 8e9 / cross)))
        (void)link.send(kCrossPacket, now);
    for (const auto& one : flows) {
      one->set_silent(at >= trace.silent_from && at < trace.silent_to);
      one->run(now);
    }
    if (at < last.from) continue;
    const double estimate = flow.estimator().rate();
    const bool near = falls ? estimate < 1.1 * there : estimate > 0.75 * there;
    if (near && result.converged_s < 0) result.converged_s = seconds(at - last.from);
    result.lowest_rate = std::min(result.lowest_rate, estimate);
    if (at > last.from + 20s && flow.media_rate() != media) result.changes += media > 0 ? 1 : 0;
    media = flow.media_rate();
  }

  std::vector<double> queued;
  double bytes = 0;
  const Time settled = kBegin + last.from +
                       Duration(static_cast<std::int64_t>(std::max(result.converged_s, 0.0) * 1e9));
  for (const auto& packet : flow.arrived()) {
    if (packet.sent >= kBegin + last.from) queued.push_back(seconds(packet.queued) * 1e3);
    if (packet.sent >= settled && !packet.padding) bytes += static_cast<double>(packet.bytes);
  }
  std::sort(queued.begin(), queued.end());
  if (!queued.empty()) result.queue_p95_ms = queued[queued.size() * 95 / 100];
  result.utilisation = bytes * 8 / seconds(kBegin + trace.length - settled) / there;
  result.rate = flow.estimator().rate();
  result.loss = flow.estimator().loss();
  if (trace.flows > 1) {
    const auto total = [&](const CongestionFlow& one) {
      double sum = 0;
      for (const auto& packet : one.arrived())
        if (packet.sent > kBegin + trace.length / 2) sum += static_cast<double>(packet.bytes);
      return sum;
    };
    result.fairness = total(*flows[0]) / total(*flows[1]);
  }
  return result;
}

std::vector<Trace> standard_traces() {
  std::vector<Trace> traces;
  const auto add = [&](std::string name, std::vector<Trace::Step> steps) -> Trace& {
    Trace trace;
    trace.name = std::move(name);
    trace.steps = std::move(steps);
    return traces.emplace_back(std::move(trace));
  };
  add("steady 2 Mbit/s", {{0s, rate(2e6), 0}});
  add("steady 300 kbit/s", {{0s, rate(300e3), 0}});
  add("steady 20 Mbit/s", {{0s, rate(20e6), 0}}).flow.most = 10e6;
  add("step down 4 to 1 Mbit/s", {{0s, rate(4e6), 0}, {20s, rate(1e6), 0}});
  add("step down 2 Mbit/s to 250 kbit/s", {{0s, rate(2e6), 0}, {20s, rate(250e3), 0}});
  add("step up 1 to 4 Mbit/s", {{0s, rate(1e6), 0}, {20s, rate(4e6), 0}});
  add("step up 250 kbit/s to 4 Mbit/s", {{0s, rate(250e3), 0}, {20s, rate(4e6), 0}});
  add("competing constant 1 of 3 Mbit/s", {{0s, rate(3e6), 0}, {20s, rate(3e6), 1e6}});
  add("competing equal flow on 4 Mbit/s", {{0s, rate(4e6), 0}}).flows = 2;
  traces.back().length = 80s;
  const auto lossy = [](double loss, double bits = 3e6) {
    BottleneckConditions conditions = rate(bits);
    conditions.loss = loss;
    return conditions;
  };
  add("2 % random loss on 3 Mbit/s", {{0s, lossy(0.02), 0}});
  add("5 % random loss on 3 Mbit/s", {{0s, lossy(0.05), 0}});
  add("10 % random loss on 3 Mbit/s", {{0s, lossy(0.10), 0}});
  BottleneckConditions radio = rate(5e6);
  radio.jitter = 30ms;
  radio.loss = 0.01;
  add("jittery radio, 5 Mbit/s", {{0s, radio, 0}}).flow.most = 4e6;
  add("feedback loses 20 %, 2 Mbit/s", {{0s, rate(2e6), 0}}).flow.feedback_loss = 0.2;
  add("10 s of silence, 2 Mbit/s", {{0s, rate(2e6), 0}, {30s, rate(2e6), 0}}).silent_from = 20s;
  traces.back().silent_to = 30s;
  BottleneckConditions shallow = rate(1e6);
  shallow.queue = 30ms;
  add("queue of 30 ms, 1 Mbit/s", {{0s, shallow, 0}});
  BottleneckConditions policed = rate(1e6);
  policed.queue = 5ms;
  add("policer, 1 Mbit/s", {{0s, policed, 0}});
  BottleneckConditions far = rate(3e6);
  far.delay = 150ms;
  add("far away, 300 ms round trip, 3 Mbit/s", {{0s, far, 0}}).flow.back = 150ms;
  for (const double bits : {250e3, 800e3, 2500e3}) {
    Trace& trace = add("simulcast to " + std::to_string(static_cast<int>(bits / 1000)) + " kbit/s",
                       {{0s, rate(4e6), 0}, {20s, rate(bits), 0}});
    trace.flow.layers = kSimulcast;
    trace.length = 60s;
  }
  Trace& back =
      add("simulcast from 250 kbit/s to 4 Mbit/s", {{0s, rate(250e3), 0}, {20s, rate(4e6), 0}});
  back.flow.layers = kSimulcast;
  return traces;
}

}  // namespace parley::forwarding::test
