#include "signaling/socketio/connection.hpp"

#include <utility>

#include "signaling/socketio/url_query.hpp"
#include "support/ids.hpp"

namespace parley::signaling::socketio {
namespace {

constexpr std::size_t kIdLength = 22;

/// Clients 2.x say what they would put into `auth` as a query: "/chat?token=1".
std::pair<std::string, Value> split_v3(const std::string& nsp) {
  const auto mark = nsp.find('?');
  Object auth;
  if (mark != std::string::npos)
    for (auto& [name, value] : parse_query(std::string_view(nsp).substr(mark + 1)))
      auth.emplace_back(name, value);
  return {nsp.substr(0, mark), std::move(auth)};
}

}  // namespace

Connection::Connection(Server& server, EngineLink& link)
    : server_(server),
      link_(link),
      version_(link.handshake().version),
      decoder_(server.settings_.decoder) {
  connect_timer_ = timers().after(server.settings_.connect_timeout, [this] {
    if (sockets_.empty()) close(CloseReason::ForcedClose);
  });
  // Clients 2.x do not ask for the default namespace: they are told that they are in it.
  if (version_ == Version::V3) connect("/", Object());
}

Connection::~Connection() {
  disconnect_all(to_string(CloseReason::Shutdown));
}

void Connection::received(const Message& message) {
  if (finished_) return;
  auto packet = decoder_.add(message);
  if (!packet) return close(CloseReason::ParseError);
  if (*packet) received(std::move(**packet));
}

void Connection::received(SocketPacket packet) {
  Value auth = Object();
  if (version_ == Version::V3) {
    std::tie(packet.nsp, auth) = split_v3(packet.nsp);
  } else if (packet.type == SocketPacketType::Connect && packet.data) {
    auth = *std::move(packet.data);
  }
  const auto found = sockets_.find(packet.nsp);
  if (packet.type == SocketPacketType::Connect && found == sockets_.end())
    return connect(packet.nsp, std::move(auth));
  if (found == sockets_.end() || packet.type == SocketPacketType::Connect ||
      packet.type == SocketPacketType::ConnectError)
    return close(CloseReason::ParseError);
  const auto socket = found->second;
  if (packet.type == SocketPacketType::Disconnect) return remove(*socket, false);
  socket->received(std::move(packet));
}

std::string Connection::socket_id(const std::string& nsp) const {
  // Clients 2.x are told no id: they make it up from the session's.
  if (version_ != Version::V3) return random_token(kIdLength);
  return nsp == "/" ? link_.handshake().sid : nsp + '#' + link_.handshake().sid;
}

void Connection::connect(const std::string& name, Value auth) {
  const auto nsp = server_.namespaces_.find(name);
  if (nsp == server_.namespaces_.end()) return refuse(name, "Invalid namespace");
  if (sockets_.size() >= server_.settings_.namespaces) return refuse(name, "Too many namespaces");
  const auto socket = std::make_shared<Socket>(socket_id(name), *nsp->second, *this,
                                               link_.handshake(), std::move(auth));
  if (nsp->second->guard_) {
    const Status allowed = nsp->second->guard_(*socket);
    if (!allowed) {
      const Error& error = allowed.error();
      return refuse(name,
                    object({{"message", error.message}, {"data", object({{"code", error.code}})}}));
    }
  }
  connect_timer_.stop();
  sockets_.emplace(name, socket);
  nsp->second->add(socket);
  SocketPacket welcome{SocketPacketType::Connect, name, {}, {}};
  if (version_ == Version::V4) welcome.data = object({{"sid", socket->id()}});
  send(encode(welcome));
  for (const auto& handler : nsp->second->connected_)
    if (socket->connected()) handler(*socket);
}

/// `what`: the message alone, or an object with it. Clients 2.x take either and expect a string.
void Connection::refuse(const std::string& name, Value what) {
  if (version_ == Version::V3 && what.object() != nullptr) what = what.text("message");
  if (version_ == Version::V4 && what.object() == nullptr) what = object({{"message", what}});
  send(encode({SocketPacketType::ConnectError, name, {}, std::move(what)}));
  if (++refusals_ >= server_.settings_.refusals) close(CloseReason::ForcedClose);
}

void Connection::send(const std::vector<Message>& messages) {
  if (!finished_) link_.send(messages);
}

void Connection::remove(Socket& socket, bool tell) {
  const auto held = socket.shared_from_this();
  sockets_.erase(socket.nsp().name());
  if (tell) send(encode({SocketPacketType::Disconnect, socket.nsp().name(), {}, {}}));
  held->finish(tell ? "server namespace disconnect" : "client namespace disconnect");
}

void Connection::close(CloseReason reason) {
  if (finished_) return;
  link_.close(reason);
  finished_ = true;
  connect_timer_.stop();
  disconnect_all(to_string(reason));
}

void Connection::closed(CloseReason reason) {
  finished_ = true;
  connect_timer_.stop();
  disconnect_all(to_string(reason));
}

void Connection::disconnect_all(std::string_view reason) {
  for (const auto& [name, socket] : std::exchange(sockets_, {})) socket->finish(reason);
}

}  // namespace parley::signaling::socketio
