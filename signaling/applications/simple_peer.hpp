// Signaling for simple-peer clients, which connect to everybody they are told of.
//   list → "listresults"[ids]; p5LiveMedia's room_connect(room) → those of that room;
//   signal(to, from, data) → "signal"(to, from, data) to `to`; whoever goes →
//   "peer_disconnect"(id).
#pragma once

#include "signaling/applications/membership.hpp"
#include "signaling/socketio/server.hpp"

namespace parley::signaling::applications {

/// Listed is who asked for a list, for nobody else of this namespace expects to be called. Clients
/// are in one list each: that of the room they named, or the one without a name. Main-bound.
/// Outlives the sessions of its namespace.
class SimplePeer {
 public:
  SimplePeer(socketio::Namespace& nsp, socketio::Timers& timers);
  SimplePeer(const SimplePeer&) = delete;
  SimplePeer& operator=(const SimplePeer&) = delete;

 private:
  void met(socketio::Socket& socket);
  void enter(socketio::Socket& socket, const std::string& list, const socketio::Ack& ack);
  void tell(socketio::Socket& socket, const std::string& list);
  void leave(const std::string& id);
  void signal(socketio::Socket& socket, const socketio::Args& args, const socketio::Ack& ack);

  socketio::Namespace& nsp_;
  socketio::Timers& timers_;
  Membership lists_;
};

}  // namespace parley::signaling::applications
