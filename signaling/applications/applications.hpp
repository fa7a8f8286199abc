// What existing clients look for in the namespace "/": four applications side by side. Their
// events' names differ, and one client may use any.
#pragma once

#include "signaling/applications/beep_channels.hpp"
#include "signaling/applications/peer_rooms.hpp"
#include "signaling/applications/simple_peer.hpp"
#include "signaling/applications/two_party_calls.hpp"

namespace parley::signaling::applications {

/// They relay between clients and know nothing of rooms with media: what those clients send each
/// other never reaches the server as a track. Main-bound. Outlives the namespace's sessions.
struct Applications {
  Applications(socketio::Namespace& nsp, socketio::Timers& timers, TokenReader tokens)
      : beep(nsp, timers, std::move(tokens)),
        calls(nsp, timers),
        peers(nsp, timers),
        simple(nsp, timers) {}

  BeepChannels beep;
  TwoPartyCalls calls;
  PeerRooms peers;
  SimplePeer simple;
};

}  // namespace parley::signaling::applications
