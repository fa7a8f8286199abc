// One session of Socket.IO: its namespaces over its one Engine.IO link. Not for applications.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "signaling/socketio/engine_link.hpp"
#include "signaling/socketio/packet.hpp"
#include "signaling/socketio/server.hpp"

namespace parley::signaling::socketio {

/// Not thread-safe.
class Connection final : public EngineClient {
 public:
  Connection(Server& server, EngineLink& link);
  ~Connection() override;

  void received(const Message& message) override;
  void closed(CloseReason reason) override;

  /// The session's way out; nothing once it ends.
  void send(const std::vector<Message>& messages);
  /// `socket` is done; the client is told unless it said so itself.
  void remove(Socket& socket, bool tell);
  /// Disconnects all sockets and ends the session.
  void close(CloseReason reason);
  [[nodiscard]] Timers& timers() const { return server_.timers_; }

 private:
  void received(SocketPacket packet);
  void connect(const std::string& name, Value auth);
  void refuse(const std::string& name, Value what);
  void disconnect_all(std::string_view reason);
  [[nodiscard]] std::string socket_id(const std::string& nsp) const;

  Server& server_;
  EngineLink& link_;
  const Version version_;
  SocketDecoder decoder_;
  std::map<std::string, std::shared_ptr<Socket>> sockets_;  ///< by namespace
  Timers::Timer connect_timer_;
  std::size_t refusals_ = 0;
  bool finished_ = false;
};

}  // namespace parley::signaling::socketio
