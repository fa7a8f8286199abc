// One Engine.IO session: what its client sent and is to be sent, over polling and WebSocket.
// https://github.com/socketio/engine.io-protocol. Pure: time is an argument, the network is whoever
// carries out the actions. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "signaling/socketio/engine_packet.hpp"
#include "signaling/socketio/engine_payload.hpp"
#include "support/time.hpp"

namespace parley::signaling::socketio {

struct EngineSettings {
  std::chrono::milliseconds ping_interval{25000};
  std::chrono::milliseconds ping_timeout{20000};
  std::chrono::milliseconds upgrade_timeout{10000};  ///< from a second transport's opening
  std::chrono::milliseconds close_timeout{30000};    ///< for a poll that fetches the goodbye
  std::size_t max_payload = 1'000'000;     ///< bytes of one request's body or WebSocket message
  std::size_t payload_packets = 4096;      ///< in one request's body
  std::size_t buffered_packets = 4096;     ///< waiting for a poll; beyond: closed
  std::size_t buffered_bytes = 8'000'000;  ///< waiting for a poll or for TCP; beyond: closed
};

/// Why a session ended.
enum class CloseReason : std::uint8_t {
  TransportClose,  ///< the client went away, or said so
  TransportError,  ///< the client broke a rule of its transport, or was cut off
  PingTimeout,
  ParseError,
  ForcedClose,  ///< close() was called
  TooSlow,      ///< more waits for the client than the settings allow
  Shutdown,     ///< the server ends
};
/// As the reference implementation says it: "transport close".
std::string_view to_string(CloseReason reason);

/// A WebSocket of this session, named by whoever opened it.
using Channel = std::uint32_t;

namespace action {
/// The waiting poll's response (200); none waits afterwards.
struct AnswerPoll {
  Payload payload;
};
struct SendFrame {
  Channel channel = 0;
  Frame frame;
};
/// Nothing more comes of the channel, nor is anything sent on it.
struct CloseChannel {
  Channel channel = 0;
};
/// For the application.
struct Deliver {
  Message message;
};
/// The last action ever.
struct Ended {
  CloseReason reason{};
};
}  // namespace action

using Action = std::variant<action::AnswerPoll, action::SendFrame, action::CloseChannel,
                            action::Deliver, action::Ended>;
/// To be carried out in this order. What the application sends meanwhile waits for flush().
using Actions = std::vector<Action>;

class EngineSession {
 public:
  /// With `channel` the session begins on that WebSocket, else with the poll that waits already.
  /// `base64`: the first request said b64=1. `settings` outlives the session. flush() comes next.
  EngineSession(std::string sid, Version version, std::optional<Channel> channel, bool base64,
                const EngineSettings& settings, Time now);

  [[nodiscard]] const std::string& sid() const { return sid_; }
  [[nodiscard]] Version version() const { return version_; }
  [[nodiscard]] bool ended() const { return state_ == State::Ended; }
  /// Polling goes on: requests may come.
  [[nodiscard]] bool polling() const { return !current_; }

  // --- What the client did -----------------------------------------------------------------------
  /// A poll came, and waits. While one waits already this ends the session: answer the second one
  /// as a bad request. Only while polling().
  Actions poll(Time now);
  /// A poll waits.
  [[nodiscard]] bool poll_waits() const { return poll_waits_; }
  /// The waiting poll's client went away.
  Actions poll_gone();
  /// A request with packets came. `accepted` tells whether to answer with "ok" or as a bad request.
  /// Only while polling().
  struct Posted {
    bool accepted = false;
    Actions actions;
  };
  Posted post(bool binary, std::string_view body, Time now);
  /// A WebSocket of this session opened. It is closed again unless the session can go over to it.
  Actions channel_opened(Channel channel, bool base64, Time now);
  Actions channel_received(Channel channel, bool binary, std::string_view data, Time now);
  /// A WebSocket ended without our asking.
  Actions channel_gone(Channel channel);

  // --- What the application does -----------------------------------------------------------------
  /// Queues a message; flush() sends it. Nothing happens once closing has begun.
  void send(Message message);
  Actions flush(Time now);
  /// Sends what is queued, then says goodbye. While polling that may have to wait for a poll.
  Actions close(CloseReason reason, Time now);

  // --- Time --------------------------------------------------------------------------------------
  /// When tick() is due; max() once ended.
  [[nodiscard]] Time deadline() const;
  Actions tick(Time now);

 private:
  enum class State : std::uint8_t { Open, Closing, Ended };
  struct Candidate {
    Channel channel = 0;
    bool base64 = false;
    bool probed = false;
    Time deadline;
  };

  void queue(Packet packet);
  void received(const Packet& packet, Time now, Actions& out);
  void heard(Time now);
  void answer_poll(Actions& out, std::optional<PacketType> last = {});
  void on_candidate(const Packet& packet, Time now, Actions& out);
  void upgrade(Time now, Actions& out);
  void drop_candidate(Actions& out);
  void end(CloseReason reason, Actions& out, PacketType farewell = PacketType::Close);
  [[nodiscard]] Packet open_packet() const;

  const std::string sid_;
  const Version version_;
  const EngineSettings& settings_;
  State state_ = State::Open;
  CloseReason reason_ = CloseReason::ForcedClose;  ///< while closing
  bool base64_;                                    ///< of the current transport
  std::optional<Channel> current_;                 ///< nothing while polling
  std::optional<Candidate> candidate_;
  bool poll_waits_;
  std::vector<Packet> buffer_;
  std::size_t buffered_bytes_ = 0;
  bool overflow_ = false;
  std::optional<Time> ping_at_;    ///< version 4: when our next ping is due
  std::optional<Time> silent_at_;  ///< when the client counts as gone
  Time noop_at_ = Time::max();     ///< when a poll that waits while the client upgrades is let go
  Time close_at_ = Time::max();
};

}  // namespace parley::signaling::socketio
