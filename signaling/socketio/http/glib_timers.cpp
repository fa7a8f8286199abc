#include "signaling/socketio/http/glib_timers.hpp"

#include <algorithm>

namespace parley::signaling::socketio {

GlibTimers::GlibTimers() : timers_([] { return now(); }) {
  timers_.on_change([this] { arm(); });
}

void GlibTimers::arm() {
  const Time next = timers_.next();
  // A source that wakes too early costs less than a new one for every timer that is moved away.
  if (source_.running() && next >= armed_) return;
  if (next == Time::max()) return source_.stop();
  armed_ = next;
  const auto delay = std::chrono::ceil<std::chrono::milliseconds>(next - now());
  source_ = Timer::once(std::max(delay, std::chrono::milliseconds::zero()), [this] {
    armed_ = Time::max();
    timers_.run();
    source_.stop();
    arm();
  });
}

}  // namespace parley::signaling::socketio
