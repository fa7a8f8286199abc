#include "signaling/socketio/socket.hpp"

#include <cassert>

#include "signaling/socketio/connection.hpp"
#include "signaling/socketio/server.hpp"

namespace parley::signaling::socketio {
namespace {

SocketPacket event_packet(std::string_view nsp, std::string_view event, Args args,
                          std::optional<std::uint64_t> id) {
  assert(!is_reserved_event(event));
  args.insert(args.begin(), Value(event));
  return {SocketPacketType::Event, std::string(nsp), id, Value(std::move(args))};
}

}  // namespace

void Ack::operator()(Args args) const {
  if (!question_ || std::exchange(question_->answered, true)) return;
  if (const auto socket = question_->socket.lock()) socket->answer(question_->id, std::move(args));
}

Socket::Socket(std::string id, Namespace& nsp, Connection& connection, Handshake handshake,
               Value auth)
    : id_(std::move(id)),
      nsp_(nsp),
      connection_(&connection),
      handshake_(std::move(handshake)),
      auth_(std::move(auth)) {}

void Socket::on(const std::string& event, Handler handler) {
  if (connected()) handlers_[event] = std::make_shared<const Handler>(std::move(handler));
}

void Socket::on_any(AnyHandler handler) {
  if (connected()) any_ = std::make_shared<const AnyHandler>(std::move(handler));
}

void Socket::on_disconnect(DisconnectHandler handler) {
  if (connected()) disconnected_.push_back(std::move(handler));
}

// --- Sending
// --------------------------------------------------------------------------------------

void Socket::send(const std::vector<Message>& messages) {
  if (connected()) connection_->send(messages);
}

void Socket::emit(std::string_view event, Args args) {
  if (connected()) send(encode(event_packet(nsp_.name(), event, std::move(args), {})));
}

void Socket::emit(std::string_view event, Args args, std::chrono::milliseconds timeout,
                  AckHandler answered) {
  const std::uint64_t id = next_ack_++;
  const auto fail_later = [&](Error error) {
    // Not from within this call: whoever asks is not prepared for the answer yet.
    waiting_[id] = {std::move(answered),
                    nsp_.timers_.after(Duration::zero(), [this, id, error = std::move(error)] {
                      this->answered(id, error);
                    })};
  };
  if (!connected()) return fail_later({"disconnected", "The client is gone"});
  if (waiting_.size() >= nsp_.settings_.pending_acks)
    return fail_later({"too_many_acks", "The client has too many questions yet to answer"});
  waiting_[id] = {std::move(answered), nsp_.timers_.after(timeout, [this, id] {
                    this->answered(id, Error{"ack_timeout", "The client did not answer in time"});
                  })};
  send(encode(event_packet(nsp_.name(), event, std::move(args), id)));
}

void Socket::answer(std::uint64_t id, Args args) {
  send(encode({SocketPacketType::Ack, nsp_.name(), id, Value(std::move(args))}));
}

// --- Receiving
// ------------------------------------------------------------------------------------

void Socket::received(SocketPacket packet) {
  if (packet.type == SocketPacketType::Event)
    return dispatch(std::move(*packet.data->array()), packet.id);
  if (packet.type == SocketPacketType::Ack && packet.id)
    answered(*packet.id, std::move(*packet.data->array()));
}

void Socket::dispatch(Args args, std::optional<std::uint64_t> id) {
  const std::string* name = args.front().string();
  const std::string event = name != nullptr ? *name : to_json(args.front());
  args.erase(args.begin());
  Ack ack;
  if (id) ack = Ack(std::make_shared<Ack::Question>(Ack::Question{weak_from_this(), *id, false}));
  if (const auto any = any_) (*any)(event, args, ack);
  const auto found = handlers_.find(event);
  if (found == handlers_.end()) return;
  const auto handler = found->second;  // it may replace itself
  (*handler)(args, ack);
}

/// An answer to nothing, or to what was given up already, is ignored.
void Socket::answered(std::uint64_t id, const Result<Args>& answer) {
  const auto waiting = waiting_.extract(id);
  if (!waiting.empty() && waiting.mapped().answered) waiting.mapped().answered(answer);
}

// --- Rooms
// ----------------------------------------------------------------------------------------

Status Socket::join(const std::string& room) {
  if (!connected() || rooms_.contains(room)) return Nothing{};
  if (rooms_.size() >= nsp_.settings_.rooms)
    return Error{"too_many_rooms", "This client is in too many rooms; leave one first"};
  rooms_.insert(room);
  nsp_.rooms_[room].insert(this);
  return Nothing{};
}

void Socket::leave(const std::string& room) {
  if (!connected() || rooms_.erase(room) == 0) return;
  const auto found = nsp_.rooms_.find(room);
  found->second.erase(this);
  if (found->second.empty()) nsp_.rooms_.erase(found);
}

Broadcast Socket::to(std::string room) {
  return broadcast().to(std::move(room));
}

Broadcast Socket::broadcast() {
  return nsp_.everybody().except(id_);
}

// --- The end
// --------------------------------------------------------------------------------------

void Socket::disconnect(bool close) {
  if (!connected()) return;
  if (close) return connection_->close(CloseReason::ForcedClose);
  connection_->remove(*this, true);
}

void Socket::finish(std::string_view reason) {
  connection_ = nullptr;
  nsp_.remove(*this);
  for (auto& [id, waiting] : std::exchange(waiting_, {}))
    if (waiting.answered) waiting.answered(Error{"disconnected", "The client is gone"});
  for (const auto& handler : std::exchange(disconnected_, {})) handler(reason);
  handlers_.clear();
  any_.reset();
  rooms_.clear();
}

}  // namespace parley::signaling::socketio
