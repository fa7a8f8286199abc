// A server on a port of its own, with a page directory and a fake conference behind it.
#pragma once

#include <memory>
#include <string>

#include "fake_backend.hpp"
#include "raw_client.hpp"
#include "signaling/http/http_server.hpp"
#include "temporary_directory.hpp"

namespace parley::signaling::http {

class RunningServer {
 public:
  RunningServer();

  /// Options to change before start().
  Options options;
  FakeBackend backend;
  TemporaryDirectory directory;

  /// Starts with `options`; throws the error's message when that fails.
  HttpServer& start();
  [[nodiscard]] HttpServer& server() { return *server_; }
  void stop() { server_.reset(); }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

  /// One call on a connection of its own.
  HttpReply call(const HttpCall& request);
  HttpReply get(const std::string& path) { return call({.method = "GET", .path = path}); }
  /// A WebSocket past its handshake.
  std::unique_ptr<RawClient> open_websocket();

 private:
  std::unique_ptr<HttpServer> server_;
};

}  // namespace parley::signaling::http
