// One WebSocket connection of a client, from the upgrade on (RFC 6455).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <gio/gio.h>
#include <wslay/wslay.h>

#include "signaling/http/rate_limiter.hpp"
#include "support/glib/main_loop.hpp"
#include "support/glib/ref.hpp"

namespace parley::signaling::http {

/// Close codes (RFC 6455 section 7.4.1).
namespace close_code {
inline constexpr std::uint16_t kNormal = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kUnsupportedData = 1003;
inline constexpr std::uint16_t kAbnormal = 1006;  ///< never on the wire: no close was received
inline constexpr std::uint16_t kPolicyViolation = 1008;
inline constexpr std::uint16_t kTooBig = 1009;
inline constexpr std::uint16_t kTryAgainLater = 1013;
}  // namespace close_code

struct WebSocketLimits {
  std::size_t message = 640 * 1024;  ///< bytes received in one message: the largest SDP as JSON
  std::size_t fragments = 1024;      ///< of one message
  std::size_t unsent = 4096 * 1024;  ///< bytes the peer has not taken off us; beyond: dropped
  double frames_per_second = 500;    ///< of any kind, in the long run
  double frames_burst = 2000;
  std::chrono::milliseconds ping_interval{5000};    ///< 0: never, the protocol above has its own
  std::chrono::milliseconds silence{10000};         ///< nothing heard this long: dropped; 0: never
  std::chrono::milliseconds close_handshake{5000};  ///< the peer's time to answer our close
};

/// Messages both ways; pings, its limits and the closing handshake look after themselves.
/// Framing is wslay's rather than libsoup's SoupWebsocketConnection, which (3.2) collects fragments
/// and pongs without bound, does not tell how much is unsent, reads a fast sender without ever
/// returning to the main loop, and cuts the connection where a 1009 was due.
/// Main-bound. Destroying it drops the connection without a word and without callbacks.
class WebSocket {
 public:
  struct Ended {
    std::uint16_t code = 0;  ///< said by the peer; else kAbnormal
    bool goodbye = false;    ///< one side said 1000 or 1001, and it came through
    std::string why;         ///< for the log
  };
  /// All come from the main loop, never from within send() or close(). `ended` comes once, as the
  /// last; the WebSocket may be destroyed in it, but not in the others.
  struct Handlers {
    std::function<void(std::string_view)> text{};  ///< UTF-8
    std::function<void(const Ended&)> ended{};
    std::function<void(std::string_view)> binary{};  ///< where absent, binary messages get 1003
  };

  /// `stream` is pollable and past the handshake.
  WebSocket(Ref<GIOStream> stream, const WebSocketLimits& limits, Handlers handlers);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// Queues a message. Nothing happens once closing has begun.
  void send(std::string_view text);
  void send_binary(std::string_view data);
  /// Sends what is queued, then a Close, and ends when the peer answers or takes too long.
  /// Idempotent.
  void close(std::uint16_t code, std::string_view reason);

  /// Bytes of messages that the peer's TCP has not taken yet.
  [[nodiscard]] std::size_t unsent() const;

 private:
  enum class State { Open, Closing, Draining, Ended };

  static const wslay_event_callbacks kCallbacks;
  void queue(std::uint8_t opcode, std::string_view payload);
  ssize_t read_some(std::uint8_t* data, std::size_t size);
  ssize_t write_some(const std::uint8_t* data, std::size_t size);
  void on_frame(const wslay_event_on_frame_recv_start_arg& frame);
  void on_message(const wslay_event_on_msg_recv_arg& message);

  void on_readable();
  void flush();
  void queue_close_when_drained();
  void after_io();
  void stop_reading();
  void drain();
  void ping();
  void check_silence();
  void end(std::string why);
  void watch_input();
  void watch_output();

  Ref<GIOStream> stream_;
  GPollableInputStream* input_;
  GPollableOutputStream* output_;
  WebSocketLimits limits_;
  Handlers handlers_;
  Handle<wslay_event_context, wslay_event_context_free> context_;
  RateLimiter frames_;
  Handle<GSource, g_source_unref> input_source_;
  Handle<GSource, g_source_unref> output_source_;
  Timer ping_timer_;
  Timer silence_timer_;
  Timer close_timer_;
  Timer ended_timer_;
  Time heard_;
  State state_ = State::Open;
  bool reading_ = false;          ///< inside wslay_event_recv(), where nothing may be sent
  std::size_t read_budget_ = 0;   ///< bytes this turn of the main loop may still read
  std::size_t drain_budget_ = 0;  ///< bytes a failed connection may still send us
  std::size_t fragments_ = 0;
  std::uint16_t close_code_ = 0;  ///< ours, once we close
  std::string close_reason_;
  bool close_queued_ = false;
  bool peer_ended_ = false;
  bool broken_ = false;
};

}  // namespace parley::signaling::http
