#include "signaling/socketio/engine_request.hpp"

#include <array>
#include <optional>

#include "signaling/socketio/value.hpp"

namespace parley::signaling::socketio {
namespace {

using Code = EngineErrorCode;

constexpr std::array<std::string_view, 6> kMessages{
    "Transport unknown", "Session ID unknown", "Bad handshake method",
    "Bad request",       "Forbidden",          "Unsupported protocol version"};

std::string_view parameter(const Query& query, std::string_view name) {
  const auto found = query.find(name);
  return found == query.end() ? std::string_view() : found->second;
}

std::optional<Version> version_of(const Query& query) {
  const std::string_view eio = parameter(query, "EIO");
  if (eio == "4") return Version::V4;
  if (eio == "3") return Version::V3;
  return std::nullopt;
}

EngineError bad_request(const char* message) {
  return {Code::BadRequest, message};
}

}  // namespace

std::string EngineError::json() const {
  return to_json(
      object({{"code", static_cast<int>(code)},
              {"message", message.empty() ? kMessages[static_cast<std::size_t>(code)] : message}}));
}

std::variant<EngineRequest, EngineError> classify(std::string_view method, const Query& query,
                                                  bool websocket, SessionState state) {
  const std::string_view transport = parameter(query, "transport");
  if (transport != "polling" && transport != "websocket")
    return EngineError{Code::UnknownTransport};
  const bool on_websocket = transport == "websocket";
  EngineRequest request{.sid = std::string(parameter(query, "sid")),
                        .base64 = !parameter(query, "b64").empty()};
  if (query.contains("j"))
    return bad_request("JSONP is not supported: use XHR polling or a WebSocket");

  if (!request.sid.empty()) {
    if (state == SessionState::Unknown) return EngineError{Code::UnknownSid};
    if (on_websocket != websocket) return EngineError{Code::BadRequest};
    if (on_websocket) {
      request.kind = RequestKind::Upgrade;
      return request;
    }
    if (state != SessionState::Polling || (method != "GET" && method != "POST"))
      return EngineError{Code::BadRequest};
    request.kind = method == "GET" ? RequestKind::Poll : RequestKind::Post;
    return request;
  }

  if (method != "GET") return EngineError{Code::BadHandshakeMethod};
  if (on_websocket != websocket) return EngineError{Code::BadRequest};
  const auto version = version_of(query);
  if (!version) return EngineError{Code::UnsupportedVersion};
  request.version = *version;
  request.kind = on_websocket ? RequestKind::OpenWebSocket : RequestKind::OpenPolling;
  return request;
}

}  // namespace parley::signaling::socketio
