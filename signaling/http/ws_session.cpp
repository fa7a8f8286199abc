#include "signaling/http/ws_session.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "signaling/native/encode.hpp"

namespace parley::signaling::http {

WsSession::WsSession(Ref<GIOStream> stream, const SessionLimits& limits,
                     const IceServers& ice_servers, Backend& backend, std::function<void()> ended)
    : limits_(limits),
      ice_servers_(ice_servers),
      backend_(backend),
      ended_(std::move(ended)),
      socket_(std::move(stream), limits.socket,
              {.text = [this](std::string_view text) { received(text); },
               .ended = [this](const WebSocket::Ended& how) { this->ended(how); }}),
      requests_(limits.requests_per_second, limits.requests_burst, now()),
      join_timer_(Timer::once(limits.join, [this] {
        socket_.close(close_code::kPolicyViolation, "no join in time");
      })) {}

WsSession::~WsSession() = default;

void WsSession::start() {
  client_ = backend_.connected(weak_from_this());
}

void WsSession::go_away() {
  socket_.close(close_code::kGoingAway, "the server stops");
}

void WsSession::received(std::string_view text) {
  native::Message message = native::decode(text);
  if (too_fast())
    return refuse(message.id, {"too_many_requests",
                               "Requests come too fast: wait a moment before the next one"});
  if (!message.command) return refuse(message.id, message.command.error());
  malformed_ = 0;
  perform(message.id, std::move(message.command).value());
}

bool WsSession::too_fast() {
  refused_ = requests_.allow(now()) ? 0 : refused_ + 1;
  if (refused_ > limits_.refused) socket_.close(close_code::kPolicyViolation, "too many requests");
  return refused_ > 0;
}

void WsSession::refuse(const native::MessageId& id, const Error& error) {
  socket_.send(native::encode_error(id, error));
  malformed_ = error.code == "bad_request" ? malformed_ + 1 : 0;
  if (malformed_ >= limits_.malformed)
    socket_.close(close_code::kPolicyViolation, "too many malformed messages");
}

void WsSession::perform(const native::MessageId& id, native::Command command) {
  if (std::holds_alternative<native::Ping>(command))
    return socket_.send(native::encode_pong(id, wall_now()));
  if (pending_.size() >= limits_.pending)
    return refuse(id, {"too_many_requests",
                       "Too many requests wait for their answers: wait for some before the next"});
  const RequestId request = next_request_++;
  pending_.emplace(request, id);
  backend_.request(client_, request, std::get<Request>(std::move(command)));
}

std::optional<native::MessageId> WsSession::answered(RequestId request) {
  auto entry = pending_.extract(request);
  if (entry.empty()) return std::nullopt;
  return std::move(entry.mapped());
}

void WsSession::answer(RequestId request, const Result<rooms::Reply>& reply) {
  const auto id = answered(request);
  if (!id) return;
  if (!reply) return socket_.send(native::encode_error(*id, reply.error()));
  const auto* joined = std::get_if<rooms::reply::Joined>(&*reply);
  socket_.send(native::encode_reply(
      *id, *reply, std::chrono::floor<std::chrono::seconds>(limits_.socket.ping_interval),
      joined != nullptr ? ice_servers_.at(wall_now()) : std::vector<IceServer>()));
  if (joined != nullptr) {
    join_timer_.stop();
    socket_.send(native::encode_joined(*joined));
  }
}

void WsSession::description_answer(RequestId request, const Description& answer) {
  if (const auto id = answered(request)) socket_.send(native::encode_answer(*id, answer));
}

void WsSession::event(const rooms::Event& event) {
  socket_.send(native::encode_event(event));
}

void WsSession::offer(const Description& offer) {
  socket_.send(native::encode_offer(offer));
}

void WsSession::slots(const std::vector<SlotMapping>& slots) {
  socket_.send(native::encode_slots(slots));
}

void WsSession::close(std::string_view reason) {
  socket_.close(close_code::kNormal, reason);
}

void WsSession::ended(const WebSocket::Ended& how) {
  spdlog::debug("session {} ended with {}: {}", client_, how.code, how.why);
  join_timer_.stop();
  backend_.disconnected(client_, how.goodbye);
  ended_();
}

}  // namespace parley::signaling::http
