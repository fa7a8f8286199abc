// One Engine.IO session on HTTP: carries out what its state machine decides. Main-bound.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "signaling/http/exchange.hpp"
#include "signaling/socketio/engine_link.hpp"
#include "signaling/socketio/engine_request.hpp"
#include "signaling/socketio/http/channels.hpp"
#include "signaling/socketio/timers.hpp"

namespace parley::signaling::socketio {

/// Owned by its gateway until it ended. What the application sends goes out in the same turn of the
/// main loop when it comes as an answer to something received, else in the next one: packets that
/// are sent together then share a polling response.
class Link final : public EngineLink, public std::enable_shared_from_this<Link> {
 public:
  struct Surroundings {
    const EngineSettings& settings;
    Channels& channels;
    Timers& timers;
    /// Called once, when the session is over; the link may be dropped in it.
    std::function<void(Link&)> ended;
  };

  /// `channel`: the WebSocket it begins on; else wait() comes first.
  Link(Handshake handshake, std::optional<Channel> channel, bool base64, Surroundings around);

  [[nodiscard]] const Handshake& handshake() const override { return handshake_; }
  void send(std::span<const Message> messages) override;
  void close(CloseReason reason) override;

  /// Makes the client, and sends the handshake.
  void begin(const Accept& accept);
  /// The request waits for packets; it is answered in any case.
  void wait(http::Exchange& exchange);
  void post(http::Exchange& exchange);
  /// `channel` comes next.
  void channel_opened(Channel channel, bool base64);
  void channel_received(Channel channel, bool binary, std::string_view data);
  void channel_gone(Channel channel);
  /// At once, with nobody left to be asked.
  void shut_down();

  [[nodiscard]] bool polling() const { return session_.polling(); }

 private:
  void carry_out(Actions actions);
  void settle();
  void wake_later();

  const Handshake handshake_;
  Surroundings around_;
  EngineSession session_;
  std::unique_ptr<EngineClient> client_;
  http::Reply poll_;
  Timers::Timer deadline_;
  Timers::Timer wake_;
  std::optional<CloseReason> closing_;
  bool busy_ = false;  ///< carrying out; settle() follows
};

/// Engine.IO's error as it answers requests.
http::Response error_response(const EngineError& error, unsigned status);

}  // namespace parley::signaling::socketio
