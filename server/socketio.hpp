// Socket.IO at /socket.io: sessions over polling and WebSockets, the client's script, and the
// applications that existing clients look for.
#pragma once

#include <string>

#include "signaling/applications/applications.hpp"
#include "signaling/http/http_server.hpp"
#include "signaling/socketio/http/gateway.hpp"
#include "signaling/socketio/http/glib_timers.hpp"
#include "signaling/socketio/server.hpp"

namespace parley::server {

/// Pages of any origin connect, for nothing here rests on cookies, until the HTTP server's policy
/// names some. Main-bound. Its routes live as long as the router.
class SocketIo {
 public:
  /// Adds its routes to `http`, which outlives it. `client_dir`: the folder dist of the npm package
  /// socket.io-client, there or not.
  SocketIo(signaling::http::HttpServer& http, const std::string& client_dir,
           signaling::applications::TokenReader tokens);
  SocketIo(const SocketIo&) = delete;
  SocketIo& operator=(const SocketIo&) = delete;

  /// For further applications, which add their handlers to its namespaces before the main loop
  /// runs; these are called until close_all().
  [[nodiscard]] signaling::socketio::Server& server() { return server_; }
  [[nodiscard]] signaling::socketio::Timers& timers() { return timers_.timers(); }
  /// The server goes away: ends all sessions and takes no more.
  void close_all() { gateway_.close_all(); }

  /// What the HTTP server has to let through to it.
  static signaling::http::BodyLimits::Below body_limit();

 private:
  signaling::socketio::GlibTimers timers_;
  signaling::socketio::Server server_;
  signaling::applications::Applications applications_;
  signaling::socketio::Gateway gateway_;
};

}  // namespace parley::server
