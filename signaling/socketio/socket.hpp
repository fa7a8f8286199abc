// One client in one namespace, as applications see it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "signaling/socketio/engine_link.hpp"
#include "signaling/socketio/packet.hpp"
#include "signaling/socketio/timers.hpp"

namespace parley::signaling::socketio {

class Broadcast;
class Connection;
class Namespace;
class Socket;

/// An event's or an acknowledgement's values, without the event's name.
using Args = Array;

/// Answers one event. Where the client did not ask for an answer, and once it is gone, nothing
/// happens; nor at the second call. Cheap to copy; may be kept and called later.
class Ack {
 public:
  Ack() = default;
  void operator()(Args args = {}) const;
  /// The client waits for an answer.
  explicit operator bool() const { return question_ != nullptr; }

 private:
  friend class Socket;
  struct Question {
    std::weak_ptr<Socket> socket;
    std::uint64_t id = 0;
    bool answered = false;
  };
  explicit Ack(std::shared_ptr<Question> question) : question_(std::move(question)) {}
  std::shared_ptr<Question> question_;  ///< the copies share it
};

/// Lives as long as anybody holds it, connected or not. A namespace's handler gets it by reference;
/// who wants to keep it keeps its id, or shared_from_this(). What is sent after the disconnect is
/// dropped. Not thread-safe.
class Socket : public std::enable_shared_from_this<Socket> {
 public:
  using Handler = std::function<void(const Args&, const Ack&)>;
  using AnyHandler = std::function<void(const std::string& event, const Args&, const Ack&)>;
  using AckHandler = std::function<void(const Result<Args>&)>;
  using DisconnectHandler = std::function<void(std::string_view reason)>;

  Socket(std::string id, Namespace& nsp, Connection& connection, Handshake handshake, Value auth);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] Namespace& nsp() const { return nsp_; }
  [[nodiscard]] const Handshake& handshake() const { return handshake_; }
  /// What the client gave with its connect: an object, {} without. From clients 2.x the parameters
  /// of the namespace's query.
  [[nodiscard]] const Value& auth() const { return auth_; }
  [[nodiscard]] bool connected() const { return connection_ != nullptr; }

  /// Calls `handler` for events of that name; a later one takes its place. Values that the client
  /// left out are missing, more than expected are there: handlers look.
  void on(const std::string& event, Handler handler);
  /// For every event, before the handler of its name.
  void on_any(AnyHandler handler);
  /// Called once, when nothing reaches it any more; rooms() still tells where it was. Several may
  /// be set, and are called in their order. All handlers are dropped after that.
  void on_disconnect(DisconnectHandler handler);

  /// `event` is not reserved (is_reserved_event()).
  void emit(std::string_view event, Args args = {});
  /// Asks for an answer; `answered` is called once, later: with it, or with the error ack_timeout,
  /// disconnected, or too_many_acks (SocketSettings::pending_acks).
  void emit(std::string_view event, Args args, std::chrono::milliseconds timeout,
            AckHandler answered);

  /// More than SocketSettings::rooms are not joined. Error: too_many_rooms.
  Status join(const std::string& room);
  void leave(const std::string& room);
  [[nodiscard]] const std::set<std::string>& rooms() const { return rooms_; }

  /// Everybody in `room` but this one.
  [[nodiscard]] Broadcast to(std::string room);
  /// Everybody in the namespace but this one.
  [[nodiscard]] Broadcast broadcast();

  /// Out of this namespace, or with `close` ends the whole session. Its disconnect handler runs
  /// before this returns.
  void disconnect(bool close = false);

 private:
  friend class Ack;
  friend class Connection;
  friend class Namespace;
  friend class Broadcast;

  struct Waiting {
    AckHandler answered;
    Timers::Timer timeout;
  };

  void send(const std::vector<Message>& messages);
  void received(SocketPacket packet);
  void dispatch(Args args, std::optional<std::uint64_t> id);
  void answered(std::uint64_t id, const Result<Args>& answer);
  void answer(std::uint64_t id, Args args);
  /// The connection is done with it.
  void finish(std::string_view reason);

  const std::string id_;
  Namespace& nsp_;
  Connection* connection_;  ///< null once disconnected
  const Handshake handshake_;
  const Value auth_;
  std::unordered_map<std::string, std::shared_ptr<const Handler>> handlers_;
  std::shared_ptr<const AnyHandler> any_;
  std::vector<DisconnectHandler> disconnected_;
  std::set<std::string> rooms_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t next_ack_ = 0;
};

}  // namespace parley::signaling::socketio
