// The HTTP(S) and WebSocket server: pages, REST and native signaling on one port.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "signaling/backend.hpp"
#include "signaling/http/acceptor.hpp"
#include "signaling/http/access.hpp"
#include "signaling/http/graphviz.hpp"
#include "signaling/http/ice_servers.hpp"
#include "signaling/http/pages.hpp"
#include "signaling/http/request_limits.hpp"
#include "signaling/http/router.hpp"
#include "signaling/http/ws_endpoint.hpp"
#include "support/result.hpp"

namespace parley::signaling::http {

struct Options {
  std::string host = "127.0.0.1";  ///< an IP literal without brackets, or "localhost"
  std::uint16_t port = 8080;       ///< 0: the system picks one
  std::string tls_cert;            ///< PEM, together with the key
  std::string tls_key;
  bool tls_self_signed = false;
  std::string web_dir;                   ///< holds index.html; its files are served below /assets/
  std::string operator_token;            ///< empty: operator calls are taken from this machine only
  std::vector<std::string> ice_servers;  ///< that clients are told of: see IceServers
  std::string turn_secret;
  std::vector<std::string> allow_origins;  ///< pages of other origins that may use this server
  /// Sent with the meeting page; empty for none (a front end of the operator's own may need that).
  std::string content_security_policy = kStrictPolicy;
  std::size_t max_body = 64 * 1024;                  ///< bytes of a request's body
  std::vector<BodyLimits::Below> body_exceptions{};  ///< for gateways below some path
  ConnectionLimits connections;
  SessionLimits sessions;
  GraphvizLimits graphviz;
};

/// Runs on the default main context. Main-bound.
class HttpServer {
 public:
  /// Listens when it returns. `backend` outlives the server. Errors are one line that says what is
  /// wrong and how to mend it: bad_listen_address, address_in_use, address_not_available,
  /// listen_failed, bad_tls_certificate, bad_tls_key, tls_key_mismatch, tls_options,
  /// bad_web_directory, invalid_origin, invalid_ice_server, no_turn_secret.
  static Result<std::unique_ptr<HttpServer>> start(Options options, Backend& backend);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// Where a browser on this machine finds it: "http://127.0.0.1:8080/".
  [[nodiscard]] std::string url() const;
  /// For gateways that add routes of their own.
  [[nodiscard]] Router& router();
  /// Listens on a port of its own as well, with these routes alone; host, certificate, limits and
  /// access are the same. Errors: those of start().
  Status also_listen(std::uint16_t port, Router router);
  /// What clients of all protocols are told of.
  [[nodiscard]] const IceServers& ice_servers() const;
  /// Who may do what, for gateways that open WebSockets of their own.
  [[nodiscard]] const AccessPolicy& access() const;
  /// What the sessions of all protocols share.
  [[nodiscard]] SessionQuota& quota();
  /// WebSocket sessions that are open or closing.
  [[nodiscard]] std::size_t sessions() const;

  /// Says goodbye to every session (1001), ends HTTP connections and stops listening. Sessions end
  /// in the next turns of the main loop, at the latest when this is destroyed. Idempotent.
  void stop();

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::signaling::http
