// Where Engine.IO ends and what is spoken above it begins. Not thread-safe: one thread calls all.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "signaling/socketio/engine_packet.hpp"
#include "signaling/socketio/engine_session.hpp"

namespace parley::signaling::socketio {

/// What the client's first request said. Plain values.
struct Handshake {
  std::string sid;
  Version version = Version::V4;
  std::map<std::string, std::string, std::less<>>
      query{};                  ///< decoded, the protocol's own included
  std::string address{};        ///< the peer's IP address; a proxy's, where there is one
  std::string origin{};         ///< the Origin header, empty without
  std::string authorization{};  ///< the Authorization header, empty without

  /// The query's parameter of that name; empty without.
  [[nodiscard]] std::string_view parameter(std::string_view name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::string_view() : std::string_view(found->second);
  }
};

/// An open session, seen from above. Belongs to the server's side; its client may use it until
/// closed() has returned. Neither call calls back.
class EngineLink {
 public:
  virtual ~EngineLink() = default;
  [[nodiscard]] virtual const Handshake& handshake() const = 0;
  /// In order, and not torn apart by other messages. Nothing happens once the session ends.
  virtual void send(std::span<const Message> messages) = 0;
  /// Sends what is queued, then ends the session; closed() comes later.
  virtual void close(CloseReason reason) = 0;
};

/// Whoever talks over a session.
class EngineClient {
 public:
  virtual ~EngineClient() = default;
  virtual void received(const Message& message) = 0;
  /// The last call; the client is destroyed after it.
  virtual void closed(CloseReason reason) = 0;
};

/// Makes the client of a new session. What it sends at once reaches a polling client together with
/// the handshake.
using Accept = std::function<std::unique_ptr<EngineClient>(EngineLink&)>;

}  // namespace parley::signaling::socketio
