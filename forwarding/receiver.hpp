// Everything a participant sends to us: its tracks, its m-lines and the streams on them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "forwarding/capture_clock.hpp"
#include "forwarding/compound.hpp"
#include "forwarding/demux.hpp"
#include "forwarding/peer.hpp"
#include "forwarding/receive_stream.hpp"
#include "forwarding/rtt.hpp"
#include "forwarding/track.hpp"

namespace parley::forwarding {

/// The receiving half of a Peer; bound to its thread.
class Receiver {
 public:
  /// SSRCs known at a time; a further one takes the place of one that has been silent.
  static constexpr std::size_t kMaxSources = 64;

  Receiver(Peer& peer, PeerObserver& observer, RttEstimator& rtt);

  Track& add_track(TrackKey key, media::Kind kind);
  void remove_track(TrackKey key);
  [[nodiscard]] Track* find_track(TrackKey key);
  void set_line(const media::Receive& receive, TrackKey track);
  void remove_line(std::string_view mid);

  [[nodiscard]] Incoming on_rtp(MutableBytes bytes, Time now);
  void on_sender_report(const rtcp::SenderInfo& info, Time now);
  void on_bye(std::uint32_t ssrc);
  /// Put-off keyframe requests and events; packets to be asked for again.
  void tick(Compound& compound, Time now);
  /// Report blocks for all streams that sent since the last time, and REMB where it
  /// was negotiated and transport-wide feedback was not: a sender takes the lower of both.
  void report(Compound& compound, Time now);
  [[nodiscard]] std::vector<TrackStats> track_stats() const;
  [[nodiscard]] std::uint64_t unknown_packets() const { return unknown_packets_; }

 private:
  struct Line {
    media::Receive receive;
    TrackKey track = 0;
  };
  struct Source {
    std::uint32_t ssrc = 0;
    ReceiveStream* stream = nullptr;  // the one repaired, for RTX
    bool repair = false;
    Time last_packet{};
  };

  [[nodiscard]] Source* find_source(std::uint32_t ssrc);
  Source* add_source(const RtpPacket& packet, Time now);
  bool make_room(Time now);
  [[nodiscard]] ReceiveStream* newest_stream(const Track& track, std::size_t layer);
  void drop_stream(const ReceiveStream* stream);
  void drop_streams_of(TrackKey track);

  [[nodiscard]] Incoming on_media(ReceiveStream& stream, MutableBytes bytes,
                                  const RtpPacket& packet, Time now);
  [[nodiscard]] bool is_forwarded(ReceiveStream& stream, Time now);
  void note_codec(Track& track, const media::Codec& codec, Time now);
  void note_level(Track& track, const RtpPacket& packet, Time now);
  [[nodiscard]] static bool is_taken(const ReceiveStream& stream);
  void ask_for_missing(ReceiveStream& stream, Compound& compound, Time now);
  [[nodiscard]] static std::uint64_t bitrate_of(const Track& track);
  void write_remb(Compound& compound);
  void note_arrival(Time now);
  [[nodiscard]] bool others_flowed(Time now) const;

  Peer& peer_;
  PeerObserver& observer_;
  RttEstimator& rtt_;
  PublisherClock clock_;
  std::vector<std::unique_ptr<Track>> tracks_;
  std::vector<Line> lines_;
  std::vector<std::unique_ptr<ReceiveStream>> streams_;  // in order of appearance
  std::vector<Source> sources_;
  Time last_arrival_{};
  Time silence_ended_{};
  std::uint64_t unknown_packets_ = 0;
};

}  // namespace parley::forwarding
