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
  auto message = native::decode(text);
  if (const auto* refused = std::get_if<native::Refused>(&message)) return refused_message(*refused);
  auto& decoded = std::get<native::Decoded>(message);
  malformed_ = 0;
  if (!within_rate(decoded.id)) return;
  if (std::holds_alternative<native::PingRequest>(decoded.request))
    return socket_.send(native::encode_pong(decoded.id, wall_now()));
  if (pending_.size() >= limits_.pending) {
    const Error error{"too_many_requests", "Too many requests wait for their replies; wait for some."};
    return socket_.send(native::encode_error(decoded.id, error));
  }
  const RequestId request = next_request_++;
  pending_.emplace(request, std::move(decoded.id));
  backend_.request(client_, request, std::get<Request>(std::move(decoded.request)));
}

void WsSession::refused_message(const native::Refused& refused) {
  if (!within_rate(refused.id)) return;
  socket_.send(native::encode_error(refused.id, refused.error));
  if (++malformed_ >= limits_.malformed)
    socket_.close(close_code::kPolicyViolation, "too many messages that are no requests");
}

bool WsSession::within_rate(const std::string& id) {
  if (requests_.allow(now())) {
    refused_ = 0;
    return true;
  }
  socket_.send(native::encode_error(id, {"too_many_requests", "Slow down: this is over the rate of requests."}));
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

std::string WsSession::take_id(RequestId request) {
  const auto node = pending_.extract(request);
  return node ? node.mapped() : std::string();
}

void WsSession::answer(RequestId request, const Result<rooms::Reply>& reply) {
  const std::string id = take_id(request);
  if (id.empty()) return;
  if (!reply) return socket_.send(native::encode_error(id, reply.error()));
  socket_.send(native::encode_reply(id, *reply));
  if (const auto* joined = std::get_if<rooms::reply::Joined>(&*reply)) {
    join_timer_.stop();
    socket_.send(native::encode_joined(*joined));
  }
}

void WsSession::event(const rooms::Event& event) { socket_.send(native::encode_event(event)); }

void WsSession::offer(const Description& offer) { socket_.send(native::encode_offer(offer)); }

void WsSession::description_answer(RequestId request, const Description& answer) {
  const std::string id = take_id(request);
  if (!id.empty()) socket_.send(native::encode_answer(id, answer));
}

void WsSession::slots(const std::vector<SlotMapping>& slots) {
  socket_.send(native::encode_slots(slots));
}

void WsSession::close(std::string_view reason) { socket_.close(close_code::kNormal, reason); }

}  // namespace parley::signaling::http
