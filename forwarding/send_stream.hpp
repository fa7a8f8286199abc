// One outgoing m-line of a subscriber: a slot that carries one track after another.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "forwarding/congestion/send_history.hpp"
#include "forwarding/egress.hpp"
#include "forwarding/frame_numbers.hpp"
#include "forwarding/layer.hpp"
#include "forwarding/layer_filter.hpp"
#include "forwarding/media_packet.hpp"
#include "forwarding/resend_limit.hpp"
#include "forwarding/rtcp.hpp"
#include "forwarding/rtp_writer.hpp"
#include "forwarding/sequence_map.hpp"
#include "forwarding/stats.hpp"
#include "forwarding/track.hpp"
#include "support/media.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

/// SSRC, sequence numbers and timestamps are continuous over all tracks it ever carries, so that
/// the receiver never notices a change of source. A video track starts with a keyframe.
/// Owned by its Peer; bound to the shard's thread.
class SendStream {
 public:
  /// `history` takes note of every packet of an m-line with transport-wide feedback.
  SendStream(Egress& egress, congestion::SendHistory& history, media::Send description);
  ~SendStream();
  SendStream(const SendStream&) = delete;
  SendStream& operator=(const SendStream&) = delete;

  /// Starts to carry `track` from its next keyframe on, and asks for that keyframe. Replaces a
  /// track carried before; attaching the same one again changes nothing.
  void attach(Track& track, Time now);
  void detach();
  void set_paused(bool paused, Time now);
  /// The subscriber's own limit: a rid of the track's simulcast; empty or unknown: the best there
  /// is.
  void set_max_layer(std::string rid, Time now);
  /// What the bandwidth reaches for; a layer that options() listed, or kBestLayer for whatever
  /// there is, which is what it starts with. None: nothing of this track, as if it were paused. A
  /// layer that is not sent any more stands for the best below it.
  void set_target(std::optional<Layer> target, Time now);
  void set_priority(Priority priority) { priority_ = priority; }
  [[nodiscard]] Priority priority() const { return priority_; }
  /// The layers that are being sent within the subscriber's limit, cheapest first; returns how
  /// many. Of the smallest one also what is left with fewer temporal layers: above it, a smaller
  /// picture is better than a slower one. Nothing for sound, which has no layers. Of a track that
  /// has stopped altogether, what it was when it did.
  std::size_t options(std::span<LayerOption, kMaxLayerOptions> out) const;
  [[nodiscard]] SendState state() const;
  /// There is a way to send what is no media, and to learn of its arrival.
  [[nodiscard]] bool can_pad() const;
  /// Sends at least so many bytes that the subscriber can do without.
  void send_padding(std::size_t bytes, Time now);
  [[nodiscard]] const media::Send& description() const { return description_; }
  [[nodiscard]] SendStats stats() const;

 private:
  friend class FanOut;
  friend class LocalSubscriber;
  friend class Peer;
  friend class Track;

  void set_description(media::Send description);
  void track_gone();
  // The track's description has changed.
  void on_description();
  // The track sends other layers than before.
  void on_layers_changed(Time now);
  void update_payload_types();
  // Begins again with a keyframe, and asks for it.
  void restart(Time now);
  void ask_for_keyframe(Time now);

  // --- which layer (send_stream_layers.cpp) ---
  [[nodiscard]] bool wants_nothing() const { return paused_ || !target_; }
  // Of the track's streams: the highest that may go out by limit and target.
  [[nodiscard]] Layer layer_limit() const;
  // Chooses the track's layer to go over to at its next keyframe. True when that is another than
  // what flows or was waited for.
  bool choose_layer();
  // Gets packets of the layer that flows and of the one to come, and of no other.
  void listen();
  void stop_listening();

  void forward(const MediaPacket& packet, Time now);
  [[nodiscard]] bool can_continue(const MediaPacket& packet) const;
  // Both false when it is too early for this packet.
  bool start(const MediaPacket& packet);
  bool anchor(const MediaPacket& packet);
  // What came before the late beginning of a keyframe, but belongs after it.
  void catch_up(const MediaPacket& first, Time now);
  void deliver(const MediaPacket& packet, Time now);
  // Leaves the packet out; where that shows, something empty takes its place.
  void leave_out(const MediaPacket& packet, Time now);
  void renumber_blocks(MutableBytes red) const;
  // Writes and sends; the payload follows `prefix`. Returns the size sent, 0 if it was too large.
  std::size_t write(const MediaPacket& packet, RtpHeader header, Bytes prefix, Time now);

  // A packet that went out as `sequence`, if it is still here.
  [[nodiscard]] std::optional<MediaPacket> sent(std::uint16_t sequence, Time now) const;
  // A packet that nobody has any more, nor is asked for.
  [[nodiscard]] bool lost_for_good(std::uint16_t sequence) const;
  // By RTX where there is one. Returns the size sent.
  std::size_t resend(const MediaPacket& packet, std::uint16_t sequence, Time now);
  [[nodiscard]] std::uint8_t rtx_payload_type() const;
  std::size_t write_padding(Time now);

  // The subscriber's RTCP about this stream.
  void on_nack(std::uint16_t sequence, Duration rtt, Time now);
  void on_keyframe_request(Time now);
  // Returns the round trip if the report tells it.
  std::optional<Duration> on_report(const rtcp::ReportBlock& block, Time now);
  // None while nothing was sent since the last one.
  [[nodiscard]] std::optional<rtcp::SenderInfo> make_report(Time now);
  // A source began since the last call.
  [[nodiscard]] bool take_started() { return std::exchange(started_, false); }

  // A point of the line that relates our timestamps to time, as the subscriber was last told.
  struct LinePoint {
    Time capture{};
    std::int64_t timestamp = 0;
  };
  struct PayloadTypes {
    std::uint8_t media = kNone;
    std::uint8_t rtx = kNone;
    bool unpacks = false;  // redundant audio for somebody who takes none: its primary block alone
  };
  static constexpr std::uint8_t kNone = 0xff;
  static constexpr std::size_t kEmptiedWindow = 1024;

  Egress& egress_;
  congestion::SendHistory& history_;
  media::Send description_;
  Track* track_ = nullptr;
  bool paused_ = false;
  bool flowing_ = false;
  std::string max_layer_;
  std::uint8_t max_spatial_ = kBestLayer.spatial;  // the same by number
  std::optional<Layer> target_ = kBestLayer;
  Priority priority_ = Priority::Normal;
  std::array<PayloadTypes, 128> payload_types_{};  // by the publisher's payload type

  std::uint8_t layer_ = kNone;   // of the track, that flows or flowed last
  std::uint8_t wanted_ = kNone;  // the one to flow
  std::uint32_t listening_ = 0;  // to these, one bit a layer
  LayerFilter filter_;

  SequenceMap sequence_;
  FrameNumbers frame_numbers_;
  // Places in the row that an empty packet took, by sequence number.
  std::bitset<kEmptiedWindow> emptied_;
  std::uint32_t segment_ = 0;  // of the track; 0: none yet
  std::optional<media::CodecName> codec_;
  bool anchored_ = false;
  std::uint32_t clock_rate_ = 0;
  std::int64_t timestamp_offset_ = 0;
  std::int64_t newest_timestamp_;
  LinePoint line_;
  std::int64_t line_lag_ = 0;  // our timestamps are so much above the line
  bool started_ = false;

  ResendLimit resend_limit_;
  std::uint16_t rtx_sequence_;
  std::uint64_t packets_reported_ = 0;
  SendStats stats_;
};

}  // namespace parley::forwarding
