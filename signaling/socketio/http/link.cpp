#include "signaling/socketio/http/link.hpp"

#include <utility>

namespace parley::signaling::socketio {
namespace {

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

http::Response payload_response(Payload payload) {
  return {200,
          payload.binary ? "application/octet-stream" : "text/plain; charset=UTF-8",
          std::move(payload.data),
          {{"Cache-Control", "no-store"}}};
}

/// As the reference implementation: browsers of old offered "text/plain" as a download.
http::Response ok_response() {
  return {200, "text/html", "ok", {{"Cache-Control", "no-store"}}};
}

}  // namespace

http::Response error_response(const EngineError& error, unsigned status) {
  return {status, "application/json", error.json(), {{"Cache-Control", "no-store"}}};
}

Link::Link(Handshake handshake, std::optional<Channel> channel, bool base64, Surroundings around)
    : handshake_(std::move(handshake)),
      around_(std::move(around)),
      session_(handshake_.sid, handshake_.version, channel, base64, around_.settings,
               around_.timers.now()) {}

// --- From the application
// -------------------------------------------------------------------------

void Link::send(std::span<const Message> messages) {
  for (const Message& message : messages) session_.send(message);
  wake_later();
}

void Link::close(CloseReason reason) {
  if (!closing_) closing_ = reason;
  wake_later();
}

void Link::wake_later() {
  if (busy_ || session_.ended()) return;
  wake_ = around_.timers.after(Duration::zero(), [this] {
    const auto self = shared_from_this();
    settle();
  });
}

// --- From the network
// -----------------------------------------------------------------------------

void Link::begin(const Accept& accept) {
  const auto self = shared_from_this();
  busy_ = true;
  client_ = accept(*this);
  settle();
}

void Link::wait(http::Exchange& exchange) {
  const auto self = shared_from_this();
  const bool second = session_.poll_waits() && poll_;
  if (second) {
    exchange.respond(error_response({EngineErrorCode::BadRequest}, 400));
  } else {
    poll_ = exchange.defer([weak = weak_from_this()] {
      const auto link = weak.lock();
      if (!link) return;
      link->poll_ = nullptr;
      link->carry_out(link->session_.poll_gone());
    });
    if (!client_) return;  // the handshake's own poll, which waits already
  }
  carry_out(session_.poll(around_.timers.now()));
}

void Link::post(http::Exchange& exchange) {
  const auto self = shared_from_this();
  const bool binary = exchange.header("Content-Type").starts_with("application/octet-stream");
  auto [accepted, actions] = session_.post(binary, exchange.body(), around_.timers.now());
  exchange.respond(accepted ? ok_response() : error_response({EngineErrorCode::BadRequest}, 400));
  carry_out(std::move(actions));
}

void Link::channel_opened(Channel channel, bool base64) {
  carry_out(session_.channel_opened(channel, base64, around_.timers.now()));
}

void Link::channel_received(Channel channel, bool binary, std::string_view data) {
  carry_out(session_.channel_received(channel, binary, data, around_.timers.now()));
}

void Link::channel_gone(Channel channel) {
  carry_out(session_.channel_gone(channel));
}

void Link::shut_down() {
  carry_out(session_.close(CloseReason::Shutdown, around_.timers.now()));
}

// --- Doing it
// -------------------------------------------------------------------------------------

void Link::carry_out(Actions actions) {
  const auto self = shared_from_this();
  busy_ = true;
  for (Action& next : actions)
    std::visit(Overloaded{[&](action::AnswerPoll& answer) {
                            const auto reply = std::exchange(poll_, nullptr);
                            if (reply) reply(payload_response(std::move(answer.payload)));
                          },
                          [&](action::SendFrame& send) {
                            around_.channels.send(send.channel, send.frame);
                          },
                          [&](action::CloseChannel& close) {
                            around_.channels.close(close.channel, http::close_code::kNormal);
                          },
                          [&](action::Deliver& deliver) {
                            if (client_) client_->received(deliver.message);
                          },
                          [&](action::Ended& ended) {
                            deadline_.stop();
                            wake_.stop();
                            if (const auto client = std::move(client_))
                              client->closed(ended.reason);
                            around_.ended(*this);
                          }},
               next);
  settle();
}

/// After everything that happened: sends what the application had to say, and looks at the clock.
void Link::settle() {
  busy_ = false;
  if (session_.ended()) return;
  const Time now = around_.timers.now();
  Actions rest = closing_ ? session_.close(*closing_, now) : session_.flush(now);
  if (!rest.empty()) return carry_out(std::move(rest));
  deadline_ = around_.timers.at(session_.deadline(),
                                [this] { carry_out(session_.tick(around_.timers.now())); });
}

}  // namespace parley::signaling::socketio
