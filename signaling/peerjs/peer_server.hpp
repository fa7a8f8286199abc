// A PeerServer: PeerJS clients find each other through it and call each other without it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "signaling/http/router.hpp"
#include "signaling/http/session_quota.hpp"
#include "signaling/http/websocket.hpp"
#include "signaling/peerjs/relay.hpp"
#include "support/glib/main_loop.hpp"

namespace parley::signaling::peerjs {

/// Main-bound. Serves any number of paths, of one or several listeners, as one: whoever came in by
/// one is found from the other. Its routes live as long as their routers.
class PeerServer {
 public:
  /// `quota` outlives it.
  explicit PeerServer(http::SessionQuota& quota);
  ~PeerServer();
  PeerServer(const PeerServer&) = delete;
  PeerServer& operator=(const PeerServer&) = delete;

  /// Serves below `path`: "/" or "/peerjs/".
  void add_routes(http::Router& router, const std::string& path);
  /// The server goes away: says so to all (1001).
  void close_all();

 private:
  struct Connection {
    std::unique_ptr<http::WebSocket> socket;
    http::SessionQuota::Seat seat;
  };

  void open(http::Exchange& exchange);
  void opened(Ref<GIOStream> stream, http::SessionQuota::Seat seat, const std::string& query);
  void introduce(Relay::Session session, const std::string& query);
  void close(Relay::Session session);

  http::SessionQuota& quota_;
  Relay relay_;
  std::unordered_map<Relay::Session, Connection> connections_;
  Relay::Session next_ = 1;
  Timer ticker_;
};

}  // namespace parley::signaling::peerjs
