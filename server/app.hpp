// The wiring: builds everything in order, runs until told to stop, takes it apart again.
#pragma once

#include "server/config.hpp"

namespace parley::server {

/// Runs the server on the calling thread, which becomes the main thread, until SIGINT or SIGTERM.
/// Returns the process's exit status: 0 after a clean stop, 2 when it cannot start (the reason,
/// with the remedy, stands on stderr).
int run(const Config& config);

}  // namespace parley::server
