#include "signaling/socketio/engine_session.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace parley::signaling::socketio {
namespace {

/// A client that upgrades waits for its poll to end. One that comes after the probe's answer was
/// sent is held this long, lest a client to which that answer is still on its way polls in a loop.
constexpr std::chrono::milliseconds kNoopDelay{100};
constexpr std::string_view kProbe = "probe";

Packet plain(PacketType type, std::string_view data = {}) {
  return {type, Message::text(std::string(data))};
}

}  // namespace

std::string_view to_string(CloseReason reason) {
  switch (reason) {
    case CloseReason::TransportClose:
      return "transport close";
    case CloseReason::TransportError:
      return "transport error";
    case CloseReason::PingTimeout:
      return "ping timeout";
    case CloseReason::ParseError:
      return "parse error";
    case CloseReason::ForcedClose:
      return "forced close";
    case CloseReason::TooSlow:
      return "too slow";
    case CloseReason::Shutdown:
      return "server shutting down";
  }
  return "";
}

EngineSession::EngineSession(std::string sid, Version version, std::optional<Channel> channel,
                             bool base64, const EngineSettings& settings, Time now)
    : sid_(std::move(sid)),
      version_(version),
      settings_(settings),
      base64_(base64),
      current_(channel),
      poll_waits_(!channel) {
  queue(open_packet());
  heard(now);
}

Packet EngineSession::open_packet() const {
  const auto number = [](auto value) { return Value(static_cast<double>(value)); };
  return plain(PacketType::Open,
               to_json(object({{"sid", sid_},
                               {"upgrades", current_ ? Array{} : Array{Value("websocket")}},
                               {"pingInterval", number(settings_.ping_interval.count())},
                               {"pingTimeout", number(settings_.ping_timeout.count())},
                               {"maxPayload", number(settings_.max_payload)}})));
}

/// The client is there: version 4 is pinged an interval from now, version 3 pings within one.
void EngineSession::heard(Time now) {
  if (version_ == Version::V4) {
    ping_at_ = now + settings_.ping_interval;
    silent_at_.reset();
  } else {
    silent_at_ = now + settings_.ping_interval + settings_.ping_timeout;
  }
}

// --- Polling ----------------------------------------------------------------------------------

Actions EngineSession::poll(Time now) {
  Actions out;
  if (state_ == State::Ended) return out;
  assert(polling());
  if (poll_waits_) {
    end(CloseReason::TransportError, out);
    return out;
  }
  poll_waits_ = true;
  if (state_ == State::Closing) {
    end(reason_, out);
    return out;
  }
  if (candidate_ && candidate_->probed) noop_at_ = now + kNoopDelay;
  return flush(now);
}

Actions EngineSession::poll_gone() {
  Actions out;
  poll_waits_ = false;
  if (state_ != State::Ended) end(CloseReason::TransportError, out);
  return out;
}

EngineSession::Posted EngineSession::post(bool binary, std::string_view body, Time now) {
  Posted posted;
  if (state_ == State::Ended) return posted;
  assert(polling());
  const auto packets = decode_payload(binary, body, version_, settings_.payload_packets);
  if (!packets) {
    end(CloseReason::ParseError, posted.actions);
    return posted;
  }
  posted.accepted = true;
  for (const Packet& packet : *packets) {
    received(packet, now, posted.actions);
    if (state_ == State::Ended) break;
  }
  return posted;
}

/// Everything that is queued goes with it, and `last` after that.
void EngineSession::answer_poll(Actions& out, std::optional<PacketType> last) {
  if (last) buffer_.push_back(plain(*last));
  out.push_back(action::AnswerPoll{encode_payload(buffer_, version_, base64_)});
  buffer_.clear();
  buffered_bytes_ = 0;
  poll_waits_ = false;
  noop_at_ = Time::max();
}

// --- WebSockets ---------------------------------------------------------------------------------

Actions EngineSession::channel_opened(Channel channel, bool base64, Time now) {
  if (state_ != State::Open || current_ || candidate_) return {action::CloseChannel{channel}};
  candidate_ = Candidate{channel, base64, false, now + settings_.upgrade_timeout};
  return {};
}

Actions EngineSession::channel_received(Channel channel, bool binary, std::string_view data,
                                        Time now) {
  Actions out;
  const bool upgrading = candidate_ && candidate_->channel == channel;
  if (state_ == State::Ended || (!upgrading && current_ != channel)) return out;
  const auto packet = decode_frame(binary, data, version_);
  if (upgrading) {
    if (packet) {
      on_candidate(*packet, now, out);
    } else {
      drop_candidate(out);
    }
  } else if (packet) {
    received(*packet, now, out);
  } else {
    end(CloseReason::ParseError, out);
  }
  return out;
}

Actions EngineSession::channel_gone(Channel channel) {
  Actions out;
  if (candidate_ && candidate_->channel == channel) {
    candidate_.reset();
    noop_at_ = Time::max();
  } else if (current_ == channel && state_ != State::Ended) {
    current_.reset();
    end(state_ == State::Closing ? reason_ : CloseReason::TransportClose, out);
  }
  return out;
}

void EngineSession::on_candidate(const Packet& packet, Time now, Actions& out) {
  if (packet.type == PacketType::Ping && *packet.body.data == kProbe) {
    candidate_->probed = true;
    out.push_back(action::SendFrame{
        candidate_->channel,
        encode_frame(plain(PacketType::Pong, kProbe), version_, candidate_->base64)});
    if (poll_waits_) answer_poll(out, PacketType::Noop);
  } else if (packet.type == PacketType::Upgrade) {
    upgrade(now, out);
  } else {
    drop_candidate(out);
  }
}

void EngineSession::upgrade(Time now, Actions& out) {
  // Not with what is queued, which the client would not take from a poll any more.
  if (poll_waits_) {
    out.push_back(action::AnswerPoll{encode_payload({plain(PacketType::Noop)}, version_, base64_)});
    poll_waits_ = false;
  }
  noop_at_ = Time::max();
  current_ = candidate_->channel;
  base64_ = candidate_->base64;
  candidate_.reset();
  if (state_ == State::Closing) return end(reason_, out);
  Actions rest = flush(now);
  std::move(rest.begin(), rest.end(), std::back_inserter(out));
}

void EngineSession::drop_candidate(Actions& out) {
  out.push_back(action::CloseChannel{candidate_->channel});
  candidate_.reset();
  noop_at_ = Time::max();
}

// --- Packets -------------------------------------------------------------------------------------

void EngineSession::received(const Packet& packet, Time now, Actions& out) {
  if (packet.type == PacketType::Close)
    return end(CloseReason::TransportClose, out, PacketType::Noop);
  if (state_ != State::Open) return;
  // A client of version 3 that sends is there, even where its ping waits behind something large.
  if (version_ == Version::V3) heard(now);
  switch (packet.type) {
    case PacketType::Message:
      out.push_back(action::Deliver{packet.body});
      return;
    case PacketType::Ping:
      if (version_ == Version::V4) return end(CloseReason::TransportError, out);
      queue({PacketType::Pong, packet.body});
      return;
    case PacketType::Pong:
      if (version_ == Version::V3) return end(CloseReason::TransportError, out);
      return heard(now);
    default:
      return;  // means nothing from a client, here
  }
}

void EngineSession::queue(Packet packet) {
  buffered_bytes_ += packet.body.data->size();
  buffer_.push_back(std::move(packet));
  overflow_ = overflow_ || buffer_.size() > settings_.buffered_packets ||
              buffered_bytes_ > settings_.buffered_bytes;
}

void EngineSession::send(Message message) {
  if (state_ != State::Open || overflow_) return;
  queue({PacketType::Message, std::move(message)});
}

Actions EngineSession::flush(Time) {
  Actions out;
  if (state_ != State::Open) return out;
  if (overflow_) {
    end(CloseReason::TooSlow, out);
  } else if (current_) {
    for (const Packet& packet : buffer_)
      out.push_back(action::SendFrame{*current_, encode_frame(packet, version_, base64_)});
    buffer_.clear();
    buffered_bytes_ = 0;
  } else if (poll_waits_ && !buffer_.empty()) {
    answer_poll(out);
  }
  return out;
}

// --- The end
// --------------------------------------------------------------------------------------

Actions EngineSession::close(CloseReason reason, Time now) {
  Actions out = flush(now);
  if (state_ != State::Open) return out;
  reason_ = reason;
  if (current_ || poll_waits_ || reason == CloseReason::Shutdown) {
    end(reason, out);
  } else {
    state_ = State::Closing;
    close_at_ = now + settings_.close_timeout;
    if (candidate_) drop_candidate(out);
  }
  return out;
}

/// What is queued is lost, unless a poll waits for it. `farewell` ends that poll.
void EngineSession::end(CloseReason reason, Actions& out, PacketType farewell) {
  const bool orderly = reason == CloseReason::ForcedClose || state_ == State::Closing ||
                       farewell == PacketType::Noop;
  if (!orderly) buffer_.clear();
  if (poll_waits_) answer_poll(out, farewell);
  if (candidate_) drop_candidate(out);
  if (current_) out.push_back(action::CloseChannel{*current_});
  state_ = State::Ended;
  buffer_.clear();
  out.push_back(action::Ended{reason});
}

// --- Time ----------------------------------------------------------------------------------------

Time EngineSession::deadline() const {
  if (state_ == State::Ended) return Time::max();
  if (state_ == State::Closing) return close_at_;
  Time due = noop_at_;
  if (candidate_) due = std::min(due, candidate_->deadline);
  if (ping_at_) due = std::min(due, *ping_at_);
  if (silent_at_) due = std::min(due, *silent_at_);
  return due;
}

Actions EngineSession::tick(Time now) {
  Actions out;
  if (state_ == State::Ended) return out;
  if (state_ == State::Closing) {
    if (now >= close_at_) end(reason_, out);
    return out;
  }
  if (silent_at_ && now >= *silent_at_) {
    end(CloseReason::PingTimeout, out);
    return out;
  }
  if (candidate_ && now >= candidate_->deadline) drop_candidate(out);
  if (ping_at_ && now >= *ping_at_) {
    // Counted from when the ping was due, lest delays add up, but not when it went out far too
    // late.
    silent_at_ = std::max(*ping_at_, now - settings_.ping_timeout / 4) + settings_.ping_timeout;
    ping_at_.reset();
    queue(plain(PacketType::Ping));
  }
  if (poll_waits_ && now >= noop_at_) answer_poll(out, PacketType::Noop);
  Actions rest = flush(now);
  std::move(rest.begin(), rest.end(), std::back_inserter(out));
  return out;
}

}  // namespace parley::signaling::socketio
