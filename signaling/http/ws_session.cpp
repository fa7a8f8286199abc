#include "signaling/http/ws_session.hpp"

#include <utility>

#include <spdlog/spdlog.h>

#include "signaling/native/encode.hpp"

namespace parley::signaling::http {

WsSession::WsSession(Ref<GIOStream> stream, const SessionLimits& limits, Backend& backend,
                     std::function<void()> ended)
    : limits_(limits),
      backend_(backend),
      ended_(std::move(ended)),
      socket_(std::move(stream), limits.socket,
              {[this](std::string_view text) { received(text); },
               [this](const WebSocket::Ended& how) { this->ended(how); }}),
      requests_(limits.requests_per_second, limits.requests_burst, now()),
      join_timer_(Timer::once(limits.join, [this] {
        socket_.close(close_code::kPolicyViolation, "join a room within the time for it");
      })) {}

WsSession::~WsSession() = default;

void WsSession::start() { client_ = backend_.connected(weak_from_this()); }

void WsSession::go_away() { socket_.close(close_code::kGoingAway, "the server stops"); }

// --- what the client says -----------------------------------------------------------------------

void WsSession::received(std::string_view text) {
  native::Message message = native::decode(text);
  if (!within_rate(message.id)) return;
  if (!message.command) return refuse(message.id, message.command.error());
  malformed_ = 0;
  if (std::holds_alternative<native::Ping>(*message.command))
    return socket_.send(native::encode_pong(message.id, wall_now()));
  if (pending_.size() >= limits_.pending)
    return socket_.send(native::encode_error(
        message.id, {"too_many_requests", "Too many requests wait for their replies; wait for some."}));
  const RequestId request = next_request_++;
  pending_.emplace(request, std::move(message.id));
  backend_.request(client_, request, std::get<Request>(*std::move(message.command)));
}

void WsSession::refuse(const native::MessageId& id, const Error& error) {
  socket_.send(native::encode_error(id, error));
  if (++malformed_ >= limits_.malformed)
    socket_.close(close_code::kPolicyViolation, "too many messages that are no requests");
}

bool WsSession::within_rate(const native::MessageId& id) {
  if (requests_.allow(now())) {
    refused_ = 0;
    return true;
  }
  socket_.send(native::encode_error(
      id, {"too_many_requests", "Slow down: this is over the rate of requests."}));
  if (++refused_ >= limits_.refused)
    socket_.close(close_code::kPolicyViolation, "too many requests");
  return false;
}

void WsSession::ended(const WebSocket::Ended& how) {
  spdlog::debug("session {} ended: {} {}", client_, how.code, how.why);
  join_timer_.stop();
  backend_.disconnected(client_, how.goodbye);
  ended_();
}

// --- what the conference says -------------------------------------------------------------------

std::optional<native::MessageId> WsSession::take_id(RequestId request) {
  auto node = pending_.extract(request);
  if (!node) return std::nullopt;
  return std::move(node.mapped());
}

void WsSession::answer(RequestId request, const Result<rooms::Reply>& reply) {
  const auto id = take_id(request);
  if (!id) return;
  if (!reply) return socket_.send(native::encode_error(*id, reply.error()));
  const auto keepalive =
      std::chrono::duration_cast<std::chrono::seconds>(limits_.socket.ping_interval);
  socket_.send(native::encode_reply(*id, *reply, keepalive));
  if (const auto* joined = std::get_if<rooms::reply::Joined>(&*reply)) {
    join_timer_.stop();
    socket_.send(native::encode_joined(*joined));
  }
}

void WsSession::event(const rooms::Event& event) { socket_.send(native::encode_event(event)); }

void WsSession::offer(const Description& offer) { socket_.send(native::encode_offer(offer)); }

void WsSession::description_answer(RequestId request, const Description& answer) {
  if (const auto id = take_id(request)) socket_.send(native::encode_answer(*id, answer));
}

void WsSession::slots(const std::vector<SlotMapping>& slots) {
  socket_.send(native::encode_slots(slots));
}

void WsSession::close(std::string_view reason) { socket_.close(close_code::kNormal, reason); }

}  // namespace parley::signaling::http
