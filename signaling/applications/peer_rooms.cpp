#include "signaling/applications/peer_rooms.hpp"

#include <memory>

#include "signaling/applications/arguments.hpp"
#include "signaling/applications/limited_events.hpp"

namespace parley::signaling::applications {
namespace {

using socketio::Ack;
using socketio::Args;
using socketio::Socket;

constexpr std::size_t kMaxRooms = 16;     // of one client
constexpr std::size_t kMaxMembers = 256;  // each calls all others
constexpr EventRate kRate{.per_second = 5, .burst = 50, .remedy = "Join less often"};

/// Other applications have rooms in the same namespace.
std::string own(const std::string& room) {
  return "peer-room:" + room;
}

}  // namespace

PeerRooms::PeerRooms(socketio::Namespace& nsp, socketio::Timers& timers)
    : nsp_(nsp), timers_(timers) {
  nsp_.on_connection([this](Socket& socket) { met(socket); });
}

void PeerRooms::met(Socket& socket) {
  const auto presence = std::make_shared<Presence>();
  const LimitedEvents events(socket, timers_, kRate);
  events.on("join-room", [this, &socket, presence](const Args& args, const Ack& ack) {
    join(socket, *presence, args, ack);
  });
  socket.on_disconnect([this, presence](std::string_view) {
    for (const auto& [room, peer] : *presence) nsp_.to(own(room)).emit("user-disconnected", {peer});
  });
}

/// A client that comes again under another PeerJS id, as after a new connection to the PeerServer,
/// takes the place of the old one; under the same id there is nothing to tell.
void PeerRooms::join(Socket& socket, Presence& presence, const Args& args, const Ack& ack) {
  const auto room = read_name(argument(args, 0));
  if (!room) return refuse(ack, "invalid_field", "join-room: give the room's id, a string, first");
  const auto peer = read_name(argument(args, 1));
  if (!peer) return refuse(ack, "invalid_field", "join-room: give the PeerJS id, a string, second");

  const auto known = presence.find(*room);
  if (known != presence.end()) {
    if (known->second == *peer) return;
    socket.to(own(*room)).emit("user-disconnected", {known->second});
  } else {
    if (presence.size() >= kMaxRooms)
      return refuse(ack, "too_many_rooms", "You are in too many rooms");
    if (nsp_.members(own(*room)).size() >= kMaxMembers)
      return refuse(ack, "room_full", "This room is full; choose another one");
    if (const Status joined = socket.join(own(*room)); !joined)
      return refuse(ack, joined.error().code, joined.error().message);
  }
  presence[*room] = *peer;
  socket.to(own(*room)).emit("user-connected", {*peer});
}

}  // namespace parley::signaling::applications
