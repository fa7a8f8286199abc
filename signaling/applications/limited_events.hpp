// Events of one client, no more of them than its rate.
#pragma once

#include <memory>

#include "signaling/http/rate_limiter.hpp"
#include "signaling/socketio/socket.hpp"
#include "signaling/socketio/timers.hpp"

namespace parley::signaling::applications {

struct EventRate {
  double per_second = 0;
  double burst = 0;
  const char* remedy = "Send less often";  ///< told whoever is faster
};

/// Handlers that share one rate. Used while a client is met; what it registers lives as long as the
/// socket's handlers. Main-bound; `socket` and `timers` outlive those.
class LimitedEvents {
 public:
  LimitedEvents(socketio::Socket& socket, socketio::Timers& timers, const EventRate& rate);

  /// Calls `handler` for events of that name; beyond the rate they are refused (too_many_events).
  void on(const char* event, socketio::Socket::Handler handler) const;

 private:
  socketio::Socket& socket_;
  socketio::Timers& timers_;
  const char* remedy_;
  std::shared_ptr<http::RateLimiter> limiter_;
};

}  // namespace parley::signaling::applications
