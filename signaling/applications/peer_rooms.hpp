// Rooms of PeerJS clients: who comes and goes, by PeerJS id. The calls are PeerJS's own.
//   join-room(roomId, peerId) → "user-connected"(peerId) to the others there;
//   whoever goes → "user-disconnected"(peerId).
#pragma once

#include <map>
#include <string>

#include "signaling/socketio/server.hpp"

namespace parley::signaling::applications {

/// Main-bound. Outlives the sessions of its namespace.
class PeerRooms {
 public:
  PeerRooms(socketio::Namespace& nsp, socketio::Timers& timers);
  PeerRooms(const PeerRooms&) = delete;
  PeerRooms& operator=(const PeerRooms&) = delete;

 private:
  /// The PeerJS id that a client goes by, by room.
  using Presence = std::map<std::string, std::string>;

  void met(socketio::Socket& socket);
  void join(socketio::Socket& socket, Presence& presence, const socketio::Args& args,
            const socketio::Ack& ack);

  socketio::Namespace& nsp_;
  socketio::Timers& timers_;
};

}  // namespace parley::signaling::applications
