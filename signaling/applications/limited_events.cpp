#include "signaling/applications/limited_events.hpp"

#include <utility>

#include "signaling/applications/arguments.hpp"

namespace parley::signaling::applications {

LimitedEvents::LimitedEvents(socketio::Socket& socket, socketio::Timers& timers,
                             const EventRate& rate)
    : socket_(socket),
      timers_(timers),
      remedy_(rate.remedy),
      limiter_(std::make_shared<http::RateLimiter>(rate.per_second, rate.burst, timers.now())) {}

void LimitedEvents::on(const char* event, socketio::Socket::Handler handler) const {
  socket_.on(event,
             [&timers = timers_, remedy = remedy_, limiter = limiter_,
              handler = std::move(handler)](const socketio::Args& args, const socketio::Ack& ack) {
               if (!limiter->allow(timers.now())) return refuse(ack, "too_many_events", remedy);
               handler(args, ack);
             });
}

}  // namespace parley::signaling::applications
