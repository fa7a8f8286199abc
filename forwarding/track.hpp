// A publisher's track, and the fan-out that hands its packets to the subscribers.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "forwarding/keyframe_requests.hpp"
#include "forwarding/media_packet.hpp"
#include "forwarding/packet_cache.hpp"
#include "forwarding/speaking_detector.hpp"
#include "forwarding/stats.hpp"
#include "support/media.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

class SendStream;
class Peer;
class Receiver;
class ReceiveStream;

/// Names a track within its shard; given out by whoever creates the track.
using TrackKey = std::uint32_t;

/// The subscribers of one track. Shared by the Track and the `parleyfanout` element it feeds, so
/// that either may go first; after Track is gone it has no subscribers and forward() does nothing.
/// Bound to the shard's thread.
class FanOut {
 public:
  /// Rewrites and sends one decrypted RTP packet of the track to every attached SendStream.
  /// No allocation, no lock. Takes packets that Peer::on_rtp() handed out, in that order; packets
  /// may be missing. One that is no valid RTP, or of no stream of the track, is ignored.
  void forward(std::span<const std::uint8_t> packet, Time now);

 private:
  friend class Track;
  class Track* track_ = nullptr;
  std::vector<SendStream*> subscribers_;
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

/// One published track: which incoming streams make it up, who wants it, when a keyframe was last
/// asked for. Owned by its publisher's Peer; bound to the shard's thread.
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

  /// Asks the publisher for a keyframe. Requests within 300 ms of one that was sent become one
  /// request at the end of that time (sent by Peer::tick).
  void request_keyframe(Time now);

  /// The stream that is forwarded; all zero before the first packet.
  [[nodiscard]] ReceiveStats stats() const;

 private:
  friend class Peer;
  friend class Receiver;
  friend class ReceiveStream;
  friend class SendStream;
  friend class FanOut;

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
  // The stream to forward from now on; null when it is gone.
  void set_active(const ReceiveStream* stream);
  [[nodiscard]] std::uint32_t next_segment() { return ++segments_; }

  [[nodiscard]] std::optional<MediaPacket> read(Bytes packet) const;
  [[nodiscard]] std::optional<MediaPacket> cached(std::int64_t sequence, Time now) const;
  void remember(const MediaPacket& media, Bytes packet, Time now);

  void subscribe(SendStream& stream);
  void unsubscribe(SendStream& stream);
  // For a subscriber that waits: asks once more when the last request came to nothing.
  void keep_asking(Time now);
  void tick(Time now);
  void send_keyframe_request();

  Peer& publisher_;
  TrackKey key_;
  media::Kind kind_;
  std::shared_ptr<FanOut> fan_out_;
  std::optional<media::CodecName> codec_;
  std::uint8_t payload_type_ = 0;  // of the packet seen last
  CodecNews codec_news_;
  SpeakingDetector speaking_;

  std::vector<media::Codec> codecs_;
  // By payload type: the place in codecs_, counted from 1; 0: none.
  std::array<std::uint8_t, 128> media_index_{};
  std::array<std::uint8_t, 128> rtx_index_{};
  media::ExtensionMap extensions_;
  bool pli_ = true;
  std::uint8_t fir_number_ = 0;
  const ReceiveStream* active_ = nullptr;
  std::uint32_t segments_ = 0;
  std::uint32_t cached_segment_ = 0;
  std::optional<PacketCache> cache_;  // video only: nobody asks for lost audio
  KeyframeRequests keyframe_requests_;
  std::uint64_t keyframe_requests_sent_ = 0;
};

}  // namespace parley::forwarding
