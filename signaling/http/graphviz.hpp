// DOT to SVG by Graphviz' dot. Main-bound.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "support/result.hpp"

namespace parley::signaling::http {

struct GraphvizLimits {
  std::string program = "dot";  ///< looked up in PATH
  std::chrono::milliseconds time{10000};
  std::size_t input = 4 * 1024 * 1024;
  std::size_t output = 32 * 1024 * 1024;
  unsigned at_once = 2;  ///< processes; the rest is turned away
};

/// Draws `graph` in a process of its own and calls `done` once: from the main loop, or at once when
/// it cannot begin. Errors: graphviz_missing, graph_too_large, graphviz_busy, graphviz_failed (bad
/// input, or no end in time).
void render_svg(const std::string& graph, const GraphvizLimits& limits,
                std::function<void(Result<std::string>)> done);

}  // namespace parley::signaling::http
