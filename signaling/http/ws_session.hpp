// One client of the native protocol parley.v1 on its WebSocket.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <gio/gio.h>

#include "signaling/backend.hpp"
#include "signaling/http/ice_servers.hpp"
#include "signaling/http/rate_limiter.hpp"
#include "signaling/http/websocket.hpp"
#include "signaling/native/decode.hpp"
#include "support/glib/main_loop.hpp"

namespace parley::signaling::http {

struct SessionLimits {
  std::size_t total = 2000;
  std::size_t per_address = 256;  ///< an IPv4 address or an IPv6 /64; raise it behind a proxy
  std::chrono::milliseconds join{30000};  ///< without having joined in this time: closed
  double requests_per_second = 50;
  double requests_burst = 200;
  unsigned refused = 200;     ///< requests in a row beyond that rate: closed
  unsigned malformed = 20;    ///< messages in a row that are no request: closed
  std::size_t pending = 256;  ///< requests the backend has not answered yet; beyond: refused
  WebSocketLimits socket;
};

/// Main-bound. Owned by its endpoint; the backend holds it weakly, as a Client.
class WsSession final : public Client, public std::enable_shared_from_this<WsSession> {
 public:
  /// `ended` is called once, from the main loop, after the backend was told; it may destroy this.
  /// `ice_servers` outlives it.
  WsSession(Ref<GIOStream> stream, const SessionLimits& limits, const IceServers& ice_servers,
            Backend& backend, std::function<void()> ended);
  ~WsSession() override;

  /// Tells the backend of the new client. Once, after construction.
  void start();
  /// The server ends: closes with 1001.
  void go_away();

  void answer(RequestId request, const Result<rooms::Reply>& reply) override;
  void event(const rooms::Event& event) override;
  void offer(const Description& offer) override;
  void description_answer(RequestId request, const Description& answer) override;
  void slots(const std::vector<SlotMapping>& slots) override;
  void close(std::string_view reason) override;

 private:
  void received(std::string_view text);
  void perform(const native::MessageId& id, native::Command command);
  void refuse(const native::MessageId& id, const Error& error);
  bool too_fast();
  /// The client's id of a request that now has its answer; nothing when it had one already.
  std::optional<native::MessageId> answered(RequestId request);
  void ended(const WebSocket::Ended& ended);

  SessionLimits limits_;
  const IceServers& ice_servers_;
  Backend& backend_;
  std::function<void()> ended_;
  WebSocket socket_;
  RateLimiter requests_;
  Timer join_timer_;
  ClientId client_ = 0;
  RequestId next_request_ = 1;
  /// The client's own ids of the requests that the backend has yet to answer.
  std::unordered_map<RequestId, native::MessageId> pending_;
  unsigned refused_ = 0;
  unsigned malformed_ = 0;
};

}  // namespace parley::signaling::http
