// A publisher's track, and the fan-out that hands its packets to the subscribers.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "forwarding/speech_meter.hpp"
#include "forwarding/stats.hpp"
#include "forwarding/track_layer.hpp"
#include "support/media.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

class SendStream;
class Peer;
class Receiver;
class ReceiveStream;

/// Names a track within its shard; given out by whoever creates the track.
using TrackKey = std::uint32_t;

/// Hands a track's packets to its subscribers. Shared by the Track and the `parleyfanout` element
/// it feeds, so that either may go first; after Track is gone forward() does nothing. Bound to the
/// shard's thread.
class FanOut {
 public:
  /// Rewrites and sends one decrypted RTP packet of the track to every SendStream that takes the
  /// layer it belongs to. No allocation, no lock. Takes packets that Peer::on_rtp() handed out, in
  /// that order; packets may be missing. One that is no valid RTP, or of no stream of the track, is
  /// ignored.
  void forward(std::span<const std::uint8_t> packet, Time now);

 private:
  friend class Track;
  class Track* track_ = nullptr;
};

/// When a change of codec may be told: one that flaps from packet to packet is told slowly.
class CodecNews {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(200);

  [[nodiscard]] bool due(media::CodecName codec, Time now) {
    if (told_ == codec || (told_ && now - at_ < kInterval)) return false;
    told_ = codec;
    at_ = now;
    return true;
  }

 private:
  std::optional<media::CodecName> told_;
  Time at_{};
};

/// One published track: the layers it is sent in, who wants it, what they cost. Owned by its
/// publisher's Peer; bound to the shard's thread.
class Track {
 public:
  Track(Peer& publisher, TrackKey key, media::Kind kind);
  ~Track();  ///< detaches every subscriber
  Track(const Track&) = delete;
  Track& operator=(const Track&) = delete;

  [[nodiscard]] TrackKey key() const { return key_; }
  [[nodiscard]] media::Kind kind() const { return kind_; }
  [[nodiscard]] const std::shared_ptr<FanOut>& fan_out() const { return fan_out_; }
  /// The codec of the packets seen last; none before the first.
  [[nodiscard]] std::optional<media::CodecName> codec() const { return codec_; }
  /// All that the publisher may send.
  [[nodiscard]] const std::vector<media::Codec>& codecs() const { return codecs_; }

  /// Asks the publisher for a keyframe of the best layer it sends. Requests within 300 ms of one
  /// that was sent become one request at the end of that time (sent by Peer::tick).
  void request_keyframe(Time now);

  /// The best stream that is being sent, with the keyframe requests of all; zero before the first
  /// packet.
  [[nodiscard]] ReceiveStats stats() const;
  /// Every stream there is, lowest first.
  [[nodiscard]] std::vector<LayerStats> layers() const;

 private:
  friend class Peer;
  friend class Receiver;
  friend class ReceiveStream;
  friend class SendStream;
  friend class FanOut;
  friend class TrackLayer;

  // What the publisher may send, by payload type; changes with its m-line.
  void set_description(const media::Receive& description);
  [[nodiscard]] const media::Codec* codec_of(std::uint8_t payload_type) const {
    return at(media_index_[payload_type]);
  }
  // The codec that an RTX payload type repairs (RFC 4588's apt).
  [[nodiscard]] const media::Codec* repaired_by(std::uint8_t payload_type) const {
    return at(rtx_index_[payload_type]);
  }
  [[nodiscard]] const media::Codec* at(std::uint8_t place) const;
  [[nodiscard]] const media::ExtensionMap& extensions() const { return extensions_; }
  [[nodiscard]] std::uint32_t next_segment() { return ++segments_; }

  // --- layers; there is at least one, and none ever goes ---
  [[nodiscard]] std::size_t layer_count() const { return layers_.size(); }
  [[nodiscard]] TrackLayer& layer(std::size_t index) { return *layers_[index]; }
  [[nodiscard]] const TrackLayer& layer(std::size_t index) const { return *layers_[index]; }
  // The one whose stream this is.
  [[nodiscard]] TrackLayer* layer_of(std::uint32_t ssrc);
  // The place of a rid; the highest where it is none.
  [[nodiscard]] std::uint8_t limit_of(std::string_view rid) const;
  [[nodiscard]] std::string_view rid_of(std::uint8_t layer) const {
    return layer < rids_.size() ? std::string_view(rids_[layer]) : std::string_view();
  }
  // The best that is being sent and not above `limit`, else the smallest that is being sent.
  [[nodiscard]] std::optional<std::uint8_t> best_layer(std::uint8_t limit) const;
  [[nodiscard]] std::optional<std::uint8_t> smallest_layer() const;
  void add_layers(std::size_t count);
  // Media of the layer came: it is being sent.
  void note_media(TrackLayer& layer, std::uint32_t timestamp, Time now);
  void update_alive(Time now);

  void subscribe(SendStream& stream);
  void unsubscribe(SendStream& stream);

  // --- keyframes, by layer ---
  void request_keyframe(TrackLayer& layer, Time now);
  // For a subscriber that waits: asks once more when the last request came to nothing.
  void keep_asking(std::uint8_t layer, Time now);
  void tick(Time now);
  void send_keyframe_request(TrackLayer& layer);

  Peer& publisher_;
  TrackKey key_;
  media::Kind kind_;
  std::shared_ptr<FanOut> fan_out_;
  std::optional<media::CodecName> codec_;
  std::uint8_t payload_type_ = 0;  // of the packet seen last
  CodecNews codec_news_;
  SpeechMeter speech_;

  std::vector<media::Codec> codecs_;
  // By payload type: the place in codecs_, counted from 1; 0: none.
  std::array<std::uint8_t, 128> media_index_{};
  std::array<std::uint8_t, 128> rtx_index_{};
  media::ExtensionMap extensions_;
  std::vector<std::string> rids_;
  bool pli_ = true;
  std::uint8_t fir_number_ = 0;
  std::uint32_t segments_ = 0;
  std::uint64_t keyframe_requests_sent_ = 0;
  std::vector<std::unique_ptr<TrackLayer>> layers_;  // lowest first
  Time newest_media_{};
  std::vector<SendStream*> subscribers_;  // all, whatever layer they take
};

}  // namespace parley::forwarding
