// A publisher's track, and the fan-out that hands its packets to the subscribers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "support/media.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

class SendStream;
class Peer;

/// Names a track within its shard; given out by whoever creates the track.
using TrackKey = std::uint32_t;

/// The subscribers of one track. Shared by the Track and the `parleyfanout` element it feeds, so
/// that either may go first; after Track is gone it has no subscribers and forward() does nothing.
/// Bound to the shard's thread.
class FanOut {
 public:
  /// Rewrites and sends one decrypted RTP packet of the track to every attached SendStream.
  /// No allocation, no lock. A packet that is no valid RTP is ignored.
  void forward(std::span<const std::uint8_t> packet, Time now);

 private:
  friend class Track;
  friend class SendStream;
  class Track* track_ = nullptr;
  std::vector<SendStream*> subscribers_;
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

 private:
  friend class Peer;
  friend class SendStream;
  friend class FanOut;

  Peer& publisher_;
  TrackKey key_;
  media::Kind kind_;
  std::shared_ptr<FanOut> fan_out_;
  std::optional<media::CodecName> codec_;
  // The implementation adds what it needs.
};

}  // namespace parley::forwarding
