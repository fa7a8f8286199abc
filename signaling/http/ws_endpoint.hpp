// /ws: owner of the native protocol's sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "signaling/backend.hpp"
#include "signaling/http/exchange.hpp"
#include "signaling/http/session_quota.hpp"
#include "signaling/http/ws_session.hpp"

namespace parley::signaling::http {

/// Main-bound. Destroying it drops what is still open without a word to the backend.
class WsEndpoint {
 public:
  /// `quota` and `ice_servers` outlive it.
  WsEndpoint(Backend& backend, const SessionLimits& limits, SessionQuota& quota,
             const IceServers& ice_servers);
  ~WsEndpoint();
  WsEndpoint(const WsEndpoint&) = delete;
  WsEndpoint& operator=(const WsEndpoint&) = delete;

  /// Answers a request for /ws: a new session, or an error (400, 426, 503 when there are too many).
  void open(Exchange& exchange);
  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }
  /// Says goodbye to all: the server goes away (1001).
  void close_all();

 private:
  void opened(Ref<GIOStream> stream, std::shared_ptr<SessionQuota::Seat> seat);

  struct Entry {
    std::shared_ptr<WsSession> session;
    std::shared_ptr<SessionQuota::Seat> seat;
  };
  Backend& backend_;
  SessionLimits limits_;
  SessionQuota& quota_;
  const IceServers& ice_servers_;
  std::unordered_map<std::uint64_t, Entry> sessions_;
  std::uint64_t next_ = 1;
};

}  // namespace parley::signaling::http
