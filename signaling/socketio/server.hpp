// The server side of Socket.IO: namespaces, rooms, events.
//
//   Server server(settings, timers);
//   server.of("/").on_connection([](Socket& socket) {
//     socket.on("message", [&socket](const Args& args, const Ack& ack) { … });
//   });
//   Gateway gateway({}, server.accept(), timers);   // signaling/socketio/http
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "signaling/socketio/engine_link.hpp"
#include "signaling/socketio/socket.hpp"
#include "signaling/socketio/timers.hpp"
#include "support/result.hpp"

namespace parley::signaling::socketio {

struct SocketSettings {
  std::chrono::milliseconds connect_timeout{45000};  ///< without a namespace joined: closed
  std::size_t namespaces = 16;                       ///< joined by one session; more are refused
  std::size_t refusals = 16;       ///< of one session's connects; at that many it is closed
  std::size_t pending_acks = 256;  ///< that one socket has yet to answer
  std::size_t rooms = 256;         ///< joined by one socket
  DecoderLimits decoder{};
};

/// Several sockets to send to. Made by Socket and Namespace; used at once.
class Broadcast {
 public:
  /// Also whoever is in `room`; nobody gets anything twice.
  Broadcast& to(std::string room);
  /// But not this one.
  Broadcast& except(std::string socket_id);
  /// Encoded once, whatever the number of receivers.
  void emit(std::string_view event, Args args = {}) const;

 private:
  friend class Namespace;
  friend class Socket;
  explicit Broadcast(Namespace& nsp) : nsp_(nsp) {}
  [[nodiscard]] std::vector<std::shared_ptr<Socket>> targets() const;

  Namespace& nsp_;
  std::vector<std::string> rooms_;  ///< none: the whole namespace
  std::unordered_set<std::string> except_;
};

/// Not thread-safe.
class Namespace {
 public:
  using Guard = std::function<Status(const Socket&)>;
  using ConnectionHandler = std::function<void(Socket&)>;

  Namespace(std::string name, const SocketSettings& settings, Timers& timers);
  Namespace(const Namespace&) = delete;
  Namespace& operator=(const Namespace&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Asked before a client is let in. Its error reaches the client as connect_error, with `message`
  /// and data.code.
  void guard(Guard guard) { guard_ = std::move(guard); }
  /// Called for each client that joined, after it was told so. Several applications may share a
  /// namespace: each handler is called, in their order.
  void on_connection(ConnectionHandler handler) { connected_.push_back(std::move(handler)); }

  /// Null when nobody connected has that id.
  [[nodiscard]] Socket* find(std::string_view socket_id) const;
  [[nodiscard]] std::size_t size() const { return sockets_.size(); }
  /// Who is in `room`, by id, in no order.
  [[nodiscard]] std::vector<std::string> members(std::string_view room) const;
  [[nodiscard]] Broadcast to(std::string room);
  [[nodiscard]] Broadcast everybody();

 private:
  friend class Broadcast;
  friend class Connection;
  friend class Socket;

  void add(const std::shared_ptr<Socket>& socket);
  void remove(Socket& socket);

  const std::string name_;
  const SocketSettings& settings_;
  Timers& timers_;
  Guard guard_;
  std::vector<ConnectionHandler> connected_;
  std::map<std::string, Socket*, std::less<>> sockets_;  ///< by id
  std::map<std::string, std::unordered_set<Socket*>, std::less<>> rooms_;
};

/// Owner of the namespaces. Outlives the sessions it accepted. Not thread-safe.
class Server {
 public:
  /// `timers` outlives the server.
  Server(SocketSettings settings, Timers& timers);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The namespace of that name, made when there is none. "/" is always there; clients that ask for
  /// one that was not made get the connect_error "Invalid namespace".
  Namespace& of(const std::string& name);
  /// What Engine.IO hands new sessions to.
  [[nodiscard]] Accept accept();

 private:
  friend class Connection;

  const SocketSettings settings_;
  Timers& timers_;
  std::map<std::string, std::unique_ptr<Namespace>, std::less<>> namespaces_;
};

}  // namespace parley::signaling::socketio
