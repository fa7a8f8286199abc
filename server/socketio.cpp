#include "server/socketio.hpp"

#include <utility>

#include "signaling/socketio/http/client_bundle.hpp"

namespace parley::server {
namespace {

namespace http = signaling::http;
namespace socketio = signaling::socketio;

/// A few of the largest messages; all sessions of an address together stay well below a gigabyte.
constexpr std::size_t kBufferedBytes = 2'000'000;

constexpr const char* kNoClient =
    "The Socket.IO client is not installed on this server. Run there, where Parley's source is:\n"
    "  npm ci --ignore-scripts --prefix web/vendor\n"
    "(scripts/run does so where npm is.) Pages may as well bring the client along, or load it "
    "from\n"
    "elsewhere: every version from 2.0 to 4.x can talk to this server.\n";

socketio::GatewaySettings gateway_settings(http::HttpServer& http) {
  socketio::GatewaySettings settings;
  settings.quota = &http.quota();
  settings.engine.buffered_bytes = kBufferedBytes;
  settings.allow_origin = [&access = http.access()](std::string_view origin) {
    return access.shares(http::Access::Create, origin);
  };
  if (!http.access().origins().names_some()) return settings;
  settings.forbid =
      [&access = http.access()](const http::Exchange& exchange) -> std::optional<std::string> {
    const auto denial = access.check_websocket(exchange.caller());
    if (!denial) return std::nullopt;
    return denial->error.message;
  };
  return settings;
}

}  // namespace

SocketIo::SocketIo(http::HttpServer& http, const std::string& client_dir,
                   signaling::applications::TokenReader tokens)
    : server_({}, timers_.timers()),
      applications_(server_.of("/"), timers_.timers(), std::move(tokens)),
      gateway_(gateway_settings(http), server_.accept(), timers_.timers()) {
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    for (const char* path : {"/socket.io", "/socket.io/"})
      http.router().add(method, path, http::Access::Public,
                        [this](http::Exchange& exchange) { gateway_.handle(exchange); });
  socketio::add_client_bundle(http.router(), "/socket.io/", {client_dir, kNoClient});
}

http::BodyLimits::Below SocketIo::body_limit() {
  return {"/socket.io", socketio::EngineSettings{}.max_payload};
}

}  // namespace parley::server
