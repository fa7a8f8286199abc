#include "signaling/applications/simple_peer.hpp"

#include "signaling/applications/arguments.hpp"
#include "signaling/applications/limited_events.hpp"

namespace parley::signaling::applications {
namespace {

using socketio::Ack;
using socketio::Args;
using socketio::Socket;
using socketio::Value;

// Whoever comes sends an offer and some dozens of candidates to each of the others.
constexpr EventRate kRate{.per_second = 200, .burst = 4000};
constexpr std::size_t kMaxListed = 256;

/// Of clients that name no room. Rooms' names are never empty.
const std::string kUnnamed;

}  // namespace

SimplePeer::SimplePeer(socketio::Namespace& nsp, socketio::Timers& timers)
    : nsp_(nsp), timers_(timers), lists_({.members = kMaxListed, .rooms = 1}) {
  nsp_.on_connection([this](Socket& socket) { met(socket); });
}

void SimplePeer::met(Socket& socket) {
  const LimitedEvents events(socket, timers_, kRate);
  events.on("list", [this, &socket](const Args&, const Ack& ack) {
    const auto& mine = lists_.rooms(socket.id());
    enter(socket, mine.empty() ? kUnnamed : std::string(mine.front()), ack);
  });
  events.on("room_connect", [this, &socket](const Args& args, const Ack& ack) {
    const auto room = read_name(argument(args, 0));
    if (!room) return refuse(ack, "invalid_field", "room_connect: give the room's name, a string");
    enter(socket, *room, ack);
  });
  events.on("signal",
            [this, &socket](const Args& args, const Ack& ack) { signal(socket, args, ack); });
  socket.on_disconnect([this, id = socket.id()](std::string_view) { leave(id); });
}

void SimplePeer::enter(Socket& socket, const std::string& list, const Ack& ack) {
  const auto& mine = lists_.rooms(socket.id());
  if (!mine.empty() && mine.front() != list) leave(socket.id());
  if (const Status joined = lists_.join(list, socket.id()); !joined)
    return refuse(ack, joined.error().code, joined.error().message);
  tell(socket, list);
}

void SimplePeer::tell(Socket& socket, const std::string& list) {
  const auto& members = lists_.members(list);
  socket.emit("listresults", {socketio::Array(members.begin(), members.end())});
}

void SimplePeer::leave(const std::string& id) {
  if (lists_.rooms(id).empty()) return;
  const std::string list = lists_.rooms(id).front();
  lists_.leave(list, id);
  for (const std::string& other : lists_.members(list))
    if (Socket* socket = nsp_.find(other)) socket->emit("peer_disconnect", {id});
}

/// Who it comes from is what we know, not what the client says.
void SimplePeer::signal(Socket& socket, const Args& args, const Ack& ack) {
  const Value* to = argument(args, 0);
  const Value* data = argument(args, 2);
  if (to == nullptr || to->string() == nullptr || data == nullptr)
    return refuse(ack, "missing_field", "signal: give to, from and data");
  if (!lists_.together(socket.id(), *to->string()))
    return refuse(ack, "unknown_target", "signal: nobody of that id is on your list");
  if (Socket* target = nsp_.find(*to->string())) target->emit("signal", {*to, socket.id(), *data});
}

}  // namespace parley::signaling::applications
