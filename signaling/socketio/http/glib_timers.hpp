// Timers on GLib's default main context. Main-bound.
#pragma once

#include "signaling/socketio/timers.hpp"
#include "support/glib/main_loop.hpp"

namespace parley::signaling::socketio {

/// One source of the main loop, however many timers there are: GLib looks at every source in every
/// turn.
class GlibTimers {
 public:
  GlibTimers();
  GlibTimers(const GlibTimers&) = delete;
  GlibTimers& operator=(const GlibTimers&) = delete;

  [[nodiscard]] Timers& timers() { return timers_; }

 private:
  void arm();

  Timers timers_;
  Timer source_;
  Time armed_ = Time::max();
};

}  // namespace parley::signaling::socketio
