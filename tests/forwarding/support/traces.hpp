// Scripted bandwidths an Estimator is put through, and what comes of it. Shared by the tests, which
// hold the figures to bounds, and by tests/bench, which prints them.
#pragma once

#include <string>
#include <vector>

#include "tests/forwarding/support/congestion_flow.hpp"

namespace parley::forwarding::test {

struct Trace {
  struct Step {
    Duration from{};
    BottleneckConditions conditions;
    double cross = 0;  ///< another flow's constant rate through the same link
  };
  std::string name;
  std::vector<Step> steps;
  Duration length = std::chrono::seconds(40);
  CongestionFlow::Options flow;
  unsigned flows = 1;
  Duration silent_from{};  ///< no media from here…
  Duration silent_to{};    ///< …to here
};

struct TraceResult {
  std::string name;
  /// Of what the link had left for it in the last step, once converged; the media only.
  double utilisation = 0;
  double queue_p95_ms = 0;  ///< over the whole last step
  /// From the beginning of the last step until the rate is within 25 % of what there is.
  double converged_s = -1;
  double rate = 0;         ///< at the end
  double lowest_rate = 0;  ///< within the last step
  double loss = 0;
  unsigned changes = 0;  ///< of the layer, in the last step, after 20 s
  double fairness = 1;   ///< of the first flow's bytes to the second's
};

[[nodiscard]] TraceResult run_trace(const Trace& trace, unsigned seed = 1);
/// Steady, step down, step up, competing, lossy…
[[nodiscard]] std::vector<Trace> standard_traces();

}  // namespace parley::forwarding::test
