// Calls of two: the events of clients that negotiate a peer connection with each other.
//   join room(roomID) → "other user"(id) to whoever comes, "user joined"(id) to whoever waits;
//   offer, answer {target, caller, sdp} and ice-candidate {target, candidate} → to the target.
#pragma once

#include "signaling/applications/membership.hpp"
#include "signaling/socketio/server.hpp"

namespace parley::signaling::applications {

/// Main-bound. Outlives the sessions of its namespace.
class TwoPartyCalls {
 public:
  TwoPartyCalls(socketio::Namespace& nsp, socketio::Timers& timers);
  TwoPartyCalls(const TwoPartyCalls&) = delete;
  TwoPartyCalls& operator=(const TwoPartyCalls&) = delete;

 private:
  void met(socketio::Socket& socket);
  void join(socketio::Socket& socket, const socketio::Args& args, const socketio::Ack& ack);
  void left(const std::string& id);
  /// Where an event may go: to a member of a room of the sender's.
  socketio::Socket* target(const socketio::Socket& sender, const socketio::Value* payload,
                           const socketio::Ack& ack) const;

  socketio::Namespace& nsp_;
  socketio::Timers& timers_;
  Membership rooms_;
};

}  // namespace parley::signaling::applications
