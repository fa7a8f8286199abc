#include "signaling/socketio/server.hpp"

#include <algorithm>
#include <utility>

#include "signaling/socketio/connection.hpp"

namespace parley::signaling::socketio {

// --- Broadcast
// ------------------------------------------------------------------------------------

Broadcast& Broadcast::to(std::string room) {
  rooms_.push_back(std::move(room));
  return *this;
}

Broadcast& Broadcast::except(std::string socket_id) {
  except_.insert(std::move(socket_id));
  return *this;
}

/// Held, for sockets may go while others are sent to.
std::vector<std::shared_ptr<Socket>> Broadcast::targets() const {
  std::vector<std::shared_ptr<Socket>> targets;
  std::unordered_set<Socket*> seen;
  const auto add = [&](Socket* socket) {
    if (except_.contains(socket->id()) || !seen.insert(socket).second) return;
    targets.push_back(socket->shared_from_this());
  };
  if (rooms_.empty())
    for (const auto& [id, socket] : nsp_.sockets_) add(socket);
  for (const std::string& room : rooms_) {
    const auto members = nsp_.rooms_.find(room);
    if (members == nsp_.rooms_.end()) continue;
    for (Socket* socket : members->second) add(socket);
  }
  return targets;
}

void Broadcast::emit(std::string_view event, Args args) const {
  const auto receivers = targets();
  if (receivers.empty()) return;
  args.insert(args.begin(), Value(event));
  const auto messages =
      encode({SocketPacketType::Event, nsp_.name(), std::nullopt, Value(std::move(args))});
  for (const auto& socket : receivers) socket->send(messages);
}

// --- Namespace
// ------------------------------------------------------------------------------------

Namespace::Namespace(std::string name, const SocketSettings& settings, Timers& timers)
    : name_(std::move(name)), settings_(settings), timers_(timers) {}

Socket* Namespace::find(std::string_view socket_id) const {
  const auto found = sockets_.find(socket_id);
  return found == sockets_.end() ? nullptr : found->second;
}

std::vector<std::string> Namespace::members(std::string_view room) const {
  std::vector<std::string> ids;
  const auto found = rooms_.find(room);
  if (found == rooms_.end()) return ids;
  for (const Socket* socket : found->second) ids.push_back(socket->id());
  return ids;
}

Broadcast Namespace::to(std::string room) {
  return everybody().to(std::move(room));
}

Broadcast Namespace::everybody() {
  return Broadcast(*this);
}

void Namespace::add(const std::shared_ptr<Socket>& socket) {
  sockets_.emplace(socket->id(), socket.get());
}

void Namespace::remove(Socket& socket) {
  for (const std::string& room : socket.rooms()) {
    const auto found = rooms_.find(room);
    found->second.erase(&socket);
    if (found->second.empty()) rooms_.erase(found);
  }
  sockets_.erase(socket.id());
}

// --- Server
// ---------------------------------------------------------------------------------------

Server::Server(SocketSettings settings, Timers& timers)
    : settings_(std::move(settings)), timers_(timers) {
  of("/");
}

Server::~Server() = default;

Namespace& Server::of(const std::string& name) {
  auto& nsp = namespaces_[name];
  if (!nsp) nsp = std::make_unique<Namespace>(name, settings_, timers_);
  return *nsp;
}

Accept Server::accept() {
  return [this](EngineLink& link) { return std::make_unique<Connection>(*this, link); };
}

}  // namespace parley::signaling::socketio
