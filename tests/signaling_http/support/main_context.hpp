// Turns of the default main context, on which server and tests run in one thread.
#pragma once

#include <chrono>
#include <functional>

namespace parley::signaling::http {

/// Turns until `done` or the time is up; tells which.
bool run_until(const std::function<bool()>& done,
               std::chrono::milliseconds limit = std::chrono::seconds(10));
/// Turns for that long.
void run_for(std::chrono::milliseconds time);

}  // namespace parley::signaling::http
