// Numbers of one stream at one moment, for the REST state, metrics and tests. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "forwarding/layer.hpp"
#include "support/media.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

/// Why a track does not flow to a subscriber, where it does not.
enum class SendState : std::uint8_t {
  Empty,    ///< no track attached
  Waiting,  ///< attached, waiting for the egress or for a keyframe
  Flowing,
  Paused,
  Starved,           ///< the bandwidth reaches for nothing of it
  CodecUnsupported,  ///< the subscriber did not negotiate the track's codec
};

struct ReceiveStats {
  std::uint32_t ssrc = 0;
  std::uint64_t packets = 0;  ///< media packets taken, recovered ones included, duplicates not
  std::uint64_t bytes = 0;    ///< of their payload
  std::int64_t lost = 0;      ///< RFC 3550 6.4.1's cumulative number, after recovery
  std::uint64_t late = 0;     ///< came after a newer one: reordered or recovered
  std::uint64_t nacks = 0;    ///< sequence numbers asked for
  std::uint64_t keyframe_requests = 0;  ///< PLI or FIR sent to the publisher
  Duration jitter{};                    ///< RFC 3550 A.8
};

/// One of the streams in which a publisher sends a track.
struct LayerStats {
  std::string rid;     ///< empty without simulcast
  bool alive = false;  ///< it is being sent just now
  std::uint64_t bits_per_second = 0;
  std::uint8_t spatial_layers = 0;  ///< in this stream, seen just now
  std::uint8_t temporal_layers = 0;
  std::size_t subscribers = 0;  ///< that take it or wait for it
  ReceiveStats received;
};

struct SendStats {
  SendState state = SendState::Empty;
  /// What goes out and what is aimed at; none while nothing does or is. Video only.
  std::optional<Layer> layer;
  std::optional<Layer> target;
  std::string rid;            ///< of `layer`, where the track has simulcast
  std::uint64_t packets = 0;  ///< media packets, retransmissions not
  std::uint64_t bytes = 0;    ///< of their payload
  std::uint64_t retransmitted = 0;
  std::uint64_t nacks = 0;              ///< sequence numbers the subscriber asked for
  std::uint64_t keyframe_requests = 0;  ///< PLI and FIR the subscriber sent
  std::uint64_t too_large = 0;          ///< packets that did not fit kMaxPacket
  // As the subscriber reported last:
  std::int64_t lost = 0;
  double fraction_lost = 0;  ///< of the last report's interval, 0 to 1
  Duration jitter{};
  std::optional<Duration> rtt;
};

/// What the delays on the way to a subscriber say.
enum class BandwidthUse : std::uint8_t { Normal, Overuse, Underuse };

/// The way to one subscriber, all its streams together. Rates in bits per second, as the network
/// sees them: with RTP, SRTP, UDP and IP.
struct BandwidthStats {
  std::uint64_t estimate = 0;  ///< what the network is believed to carry
  std::uint64_t target = 0;    ///< what was given out to the streams of it
  std::uint64_t acked = 0;     ///< what came through lately
  double loss = 0;             ///< of the packets sent lately, 0 to 1
  std::optional<Duration> rtt;
  BandwidthUse use = BandwidthUse::Normal;
  bool probing = false;  ///< more than the media is being sent, to find out whether it passes
};

}  // namespace parley::forwarding
