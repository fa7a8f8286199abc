#include "signaling/applications/two_party_calls.hpp"

#include <algorithm>

#include "signaling/applications/arguments.hpp"
#include "signaling/applications/limited_events.hpp"

namespace parley::signaling::applications {
namespace {

using socketio::Ack;
using socketio::Args;
using socketio::Socket;
using socketio::Value;

// A call's start takes some dozens of candidates at once.
constexpr EventRate kRate{.per_second = 100, .burst = 1000};

}  // namespace

TwoPartyCalls::TwoPartyCalls(socketio::Namespace& nsp, socketio::Timers& timers)
    : nsp_(nsp), timers_(timers), rooms_({.members = 16, .rooms = 16}) {
  nsp_.on_connection([this](Socket& socket) { met(socket); });
}

void TwoPartyCalls::met(Socket& socket) {
  const LimitedEvents events(socket, timers_, kRate);
  events.on("join room",
            [this, &socket](const Args& args, const Ack& ack) { join(socket, args, ack); });
  for (const char* event : {"offer", "answer"})
    events.on(event, [this, &socket, event](const Args& args, const Ack& ack) {
      const Value* payload = argument(args, 0);
      if (Socket* to = target(socket, payload, ack)) to->emit(event, {*payload});
    });
  events.on("ice-candidate", [this, &socket](const Args& args, const Ack& ack) {
    const Value* payload = argument(args, 0);
    Socket* to = target(socket, payload, ack);
    if (to == nullptr) return;
    const Value* candidate = payload->find("candidate");
    if (candidate == nullptr)
      return refuse(ack, "missing_field", "ice-candidate: candidate is missing");
    to->emit("ice-candidate", {*candidate});
  });
  socket.on_disconnect([this, id = socket.id()](std::string_view) { left(id); });
}

/// More than two may be in a room, and whoever comes is introduced to the first: a page that was
/// loaded again gets through to its partner before its old socket counts as gone.
void TwoPartyCalls::join(Socket& socket, const Args& args, const Ack& ack) {
  const auto room = read_name(argument(args, 0));
  if (!room) return refuse(ack, "invalid_field", "join room: give the room's name, a string");
  if (const Status joined = rooms_.join(*room, socket.id()); !joined)
    return refuse(ack, joined.error().code, joined.error().message);
  const auto& members = rooms_.members(*room);
  const auto other = std::find_if(members.begin(), members.end(),
                                  [&](const std::string& id) { return id != socket.id(); });
  if (other == members.end()) return;
  socket.emit("other user", {*other});
  if (Socket* waiting = nsp_.find(*other)) waiting->emit("user joined", {socket.id()});
}

void TwoPartyCalls::left(const std::string& id) {
  while (!rooms_.rooms(id).empty()) rooms_.leave(rooms_.rooms(id).front(), id);
}

Socket* TwoPartyCalls::target(const Socket& sender, const Value* payload, const Ack& ack) const {
  const Value* id = payload == nullptr ? nullptr : payload->find("target");
  if (id == nullptr || id->string() == nullptr) {
    refuse(ack, "missing_field", "target is missing: the id that \"other user\" told");
    return nullptr;
  }
  if (!rooms_.together(sender.id(), *id->string())) {
    refuse(ack, "unknown_target", "target: nobody of that id is in a room with you");
    return nullptr;
  }
  return nsp_.find(*id->string());
}

}  // namespace parley::signaling::applications
