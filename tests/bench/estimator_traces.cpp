// The bandwidth estimator on scripted bandwidths: a table, or JSON with --json. Time is simulated,
// so the figures do not depend on the machine.
#include <cstdio>
#include <string_view>

#include "tests/forwarding/support/traces.hpp"

int main(int argc, char** argv) {
  using namespace parley::forwarding::test;
  const bool json = argc > 1 && std::string_view(argv[1]) == "--json";
  if (json)
    std::puts("[");
  else
    std::printf("%-42s %11s %12s %12s %9s %7s %8s\n", "trace", "utilisation", "queue p95 ms",
                "converged s", "kbit/s", "changes", "fairness");
  bool first = true;
  for (const Trace& trace : standard_traces()) {
    const TraceResult result = run_trace(trace);
    if (json)
      std::printf(
          "%s  {\"trace\": \"%s\", \"utilisation\": %.3f, \"queue_p95_ms\": %.1f, "
          "\"converged_s\": %.2f, \"kbit_s\": %.0f, \"changes\": %u, \"fairness\": %.2f}",
          first ? "" : ",\n", result.name.c_str(), result.utilisation, result.queue_p95_ms,
          result.converged_s, result.rate / 1e3, result.changes, result.fairness);
    else
      std::printf("%-42s %11.2f %12.1f %12.2f %9.0f %7u %8.2f\n", result.name.c_str(),
                  result.utilisation, result.queue_p95_ms, result.converged_s, result.rate / 1e3,
                  result.changes, result.fairness);
    first = false;
  }
  if (json) std::puts("\n]");
}
