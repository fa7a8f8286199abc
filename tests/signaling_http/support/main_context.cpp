#include "main_context.hpp"

#include <glib.h>

namespace parley::signaling::http {

bool run_until(const std::function<bool()>& done, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    if (!g_main_context_iteration(nullptr, FALSE)) g_usleep(200);
  }
  return true;
}

void run_for(std::chrono::milliseconds time) {
  run_until([] { return false; }, time);
}

}  // namespace parley::signaling::http
