// What an HTTP request asks of an Engine.IO server, and the errors it answers with. Pure;
// thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "signaling/socketio/engine_packet.hpp"
#include "signaling/socketio/url_query.hpp"

namespace parley::signaling::socketio {

/// The codes of the reference implementation (engine.io, lib/server.ts).
enum class EngineErrorCode : std::uint8_t {
  UnknownTransport = 0,
  UnknownSid = 1,
  BadHandshakeMethod = 2,
  BadRequest = 3,
  Forbidden = 4,
  UnsupportedVersion = 5,
};

struct EngineError {
  EngineErrorCode code{};
  std::string message{};  ///< the code's own where empty

  /// {"code":3,"message":"Bad request"}
  [[nodiscard]] std::string json() const;
  /// The HTTP status it goes with.
  [[nodiscard]] unsigned status() const { return code == EngineErrorCode::Forbidden ? 403 : 400; }
  bool operator==(const EngineError&) const = default;
};

enum class RequestKind : std::uint8_t {
  OpenPolling,    ///< a session begins, polling
  OpenWebSocket,  ///< a session begins on a WebSocket
  Poll,
  Post,
  Upgrade,  ///< a WebSocket for a session that there is
};

struct EngineRequest {
  RequestKind kind{};
  Version version = Version::V4;  ///< of sessions that begin
  std::string sid{};              ///< of sessions that there are
  bool base64 = false;            ///< the client cannot take binary as it is
};

/// What of the registry of sessions the decision needs.
enum class SessionState : std::uint8_t { Unknown, Polling, OnWebSocket };

/// Decides by method, query and whether a WebSocket is asked for. `state` is that of the session in
/// the query's sid.
std::variant<EngineRequest, EngineError> classify(std::string_view method, const Query& query,
                                                  bool websocket, SessionState state);

}  // namespace parley::signaling::socketio
