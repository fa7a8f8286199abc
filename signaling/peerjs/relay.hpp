// What a PeerServer knows: who is there under which id, and what waits for whom. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "support/time.hpp"

namespace parley::signaling::peerjs {

/// What a client sends. `payload` is JSON text, handed on as it is; empty where there is none.
struct Message {
  std::string type;
  std::string dst;
  std::string payload;
};

struct RelayLimits {
  std::size_t waiting = 64;                       ///< messages for one absent peer
  std::size_t waiting_for = 1024;                 ///< absent peers
  Duration kept = std::chrono::seconds(5);        ///< then the sender gets an EXPIRE
  Duration heartbeat = std::chrono::seconds(90);  ///< without a message: dropped
};

/// Main-bound. Knows no socket: what is to be sent and closed goes through the hooks, which may not
/// call back.
class Relay {
 public:
  using Session = std::uint64_t;
  struct Hooks {
    std::function<void(Session, const std::string& text)> send;
    /// Says no more to it; closed() may follow or not.
    std::function<void(Session)> close;
  };
  explicit Relay(Hooks hooks, RelayLimits limits = {})
      : hooks_(std::move(hooks)), limits_(limits) {}

  /// A client came in. It is told OPEN, or nothing where it takes its own id's place under the same
  /// token, or ID-TAKEN, with which its session ends. What waited for it follows.
  void connect(Session session, const std::string& id, const std::string& token, Time now);
  void receive(Session session, const Message& message, Time now);
  void closed(Session session);
  /// Call it about each second.
  void tick(Time now);

 private:
  struct Peer {
    std::string token;
    Session session = 0;
    Time heard{};
  };
  struct Waiting {
    std::string src;
    std::string text;
    Time since{};
  };
  using Queue = std::deque<Waiting>;

  void relay(const std::string& src, const Message& message, Time now);
  void expire(const std::string& src, const std::string& dst);
  void remove(const std::string& id);

  Hooks hooks_;
  RelayLimits limits_;
  std::unordered_map<std::string, Peer> peers_;
  std::unordered_map<Session, std::string> ids_;
  std::map<std::string, Queue> waiting_;
};

/// An id that a peer may have: 1 to 128 of A-Z a-z 0-9, space, _ and -. Needs no escape in JSON.
bool is_peer_id(std::string_view id);

/// {"type":"ERROR","payload":{"msg":…}}; `text` needs no escape in JSON.
std::string error_message(std::string_view text);

}  // namespace parley::signaling::peerjs
