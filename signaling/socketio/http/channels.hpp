// The WebSockets of all sessions, from their opening until they have ended. Main-bound.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "signaling/http/websocket.hpp"
#include "signaling/socketio/engine_session.hpp"

namespace parley::signaling::socketio {

class Link;

/// They outlive their sessions: a closing handshake takes its time, and a WebSocket must not be
/// destroyed in its own callbacks.
class Channels {
 public:
  explicit Channels(const http::WebSocketLimits& limits) : limits_(limits) {}

  [[nodiscard]] Channel next() const { return next_; }
  /// The channel is named next().
  void open(Ref<GIOStream> stream, std::weak_ptr<Link> link);
  void send(Channel channel, const Frame& frame);
  /// Its link hears no more of it.
  void close(Channel channel, std::uint16_t code);

 private:
  struct Entry {
    std::unique_ptr<http::WebSocket> socket;
    std::weak_ptr<Link> link;
  };
  void received(Channel channel, bool binary, std::string_view data);
  void ended(Channel channel);

  http::WebSocketLimits limits_;
  std::unordered_map<Channel, Entry> channels_;
  Channel next_ = 1;
};

}  // namespace parley::signaling::socketio
