// All RTP and RTCP of one participant, both ways. Pure: packets, time and the way out are
// arguments.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "forwarding/egress.hpp"
#include "forwarding/peer_stats.hpp"
#include "forwarding/send_stream.hpp"
#include "forwarding/stats.hpp"
#include "forwarding/track.hpp"
#include "support/media.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

/// What on_rtp() made of a packet: the track it belongs to and the media packet itself, as a part
/// of the buffer given in (an RTX packet is restored in place, so it may start later). Null track:
/// nothing to forward (padding, probe, duplicate, repair of something already here, unknown SSRC).
struct Incoming {
  Track* track = nullptr;
  std::span<std::uint8_t> packet;
};

/// What the owner of a Peer hears; called from within on_rtp() and tick(), same thread. Must not
/// call back into the Peer.
class PeerObserver {
 public:
  virtual ~PeerObserver() = default;
  /// The first packet of a track, or a packet of another codec than before.
  virtual void on_codec(TrackKey track, media::CodecName codec) = 0;
  /// The audio level says that speech began or ended on this track, or, five times a second, goes
  /// on (RFC 6464, see SpeechMeter).
  virtual void on_speaking(TrackKey track, const Speech& speech) = 0;
};

/// Bound to one thread (its shard's); knows no socket, clock or GStreamer. Peers whose tracks are
/// linked to each other must live on the same thread. References it gives out are its own and
/// stay until the thing is removed or the Peer is gone.
class Peer {
 public:
  /// `ssrc` is what our own RTCP (RR, PLI, NACK) is sent from; it must differ from all others.
  Peer(Egress& egress, PeerObserver& observer, std::uint32_t ssrc, std::string cname);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // --- description, changed rarely ---

  /// Idempotent: a key that is here already gives its track.
  Track& add_track(TrackKey key, media::Kind kind);
  void remove_track(TrackKey key);
  [[nodiscard]] Track* find_track(TrackKey key);

  /// Binds an m-line the peer sends on to a track. Replaces an earlier description of the same mid.
  void set_receive(const media::Receive& receive, TrackKey track);
  void remove_receive(std::string_view mid);

  /// Adds or updates an m-line we send on; SSRCs, sequence numbers and the track on it go on.
  SendStream& set_send(const media::Send& send);
  [[nodiscard]] SendStream* find_send(std::string_view mid);
  /// The m-line has ended for good: its SSRCs never come back.
  void remove_send(std::string_view mid);

  // --- packets ---

  /// One decrypted RTP packet from the peer; may be changed in place. The caller hands what comes
  /// back to the track's pad, at whose end FanOut::forward() gets it.
  [[nodiscard]] Incoming on_rtp(std::span<std::uint8_t> packet, Time now);
  /// One decrypted compound RTCP packet from the peer.
  void on_rtcp(std::span<const std::uint8_t> compound, Time now);
  /// The Egress became ready: keyframes are asked for on behalf of everything attached.
  void on_ready(Time now);
  /// Reports, NACKs, delayed keyframe requests. Call every 10–20 ms.
  void tick(Time now);

  // --- numbers ---

  /// All there is to know. Allocates: for once a second.
  [[nodiscard]] PeerStats stats() const;
  /// Round trip to this peer, once measured.
  [[nodiscard]] std::optional<Duration> rtt() const;
  /// What the peer believes it can receive, in bits per second, as its last REMB said.
  [[nodiscard]] std::optional<std::uint64_t> receive_capacity() const;
  /// The bandwidth towards this peer; none while nothing is known of it.
  [[nodiscard]] std::optional<BandwidthStats> bandwidth() const;
  /// Packets that belong to nothing described, or were broken.
  [[nodiscard]] std::uint64_t unknown_packets() const;

 private:
  friend class Track;
  // PLI for the stream, or FIR with that number. False while there is no way out.
  bool send_keyframe_request(std::uint32_t media, std::optional<std::uint8_t> fir_number);

  class RtcpInput;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::forwarding
