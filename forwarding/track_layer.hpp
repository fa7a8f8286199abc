// One of the streams that a publisher sends of a track at the same time: a simulcast layer, or the
// only one there is.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "forwarding/keyframe_requests.hpp"
#include "forwarding/layer_rates.hpp"
#include "forwarding/media_packet.hpp"
#include "forwarding/packet_cache.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

class ReceiveStream;
class SendStream;
class Track;

/// The streams that carry it may follow each other (a sender that begins anew takes another SSRC).
/// Owned by its Track; bound to the shard's thread.
class TrackLayer {
 public:
  /// A layer that others of its track have left behind for this long has stopped.
  static constexpr Duration kStopped = std::chrono::seconds(1);

  TrackLayer(const Track& track, std::uint8_t index) : track_(track), index_(index) {}
  TrackLayer(const TrackLayer&) = delete;
  TrackLayer& operator=(const TrackLayer&) = delete;

  [[nodiscard]] std::uint8_t index() const { return index_; }
  /// The stream that carries it now; null before the first and after the last.
  [[nodiscard]] const ReceiveStream* stream() const { return stream_; }
  void set_stream(const ReceiveStream* stream) { stream_ = stream; }

  /// A packet of stream(); nothing when its payload type is not described.
  [[nodiscard]] std::optional<MediaPacket> read(const RtpPacket& packet) const;
  /// Keeps it for those who lose it, and counts it.
  void remember(MediaPacket& media, Bytes packet, Time now);
  /// Again, for a subscriber that lost it.
  [[nodiscard]] std::optional<MediaPacket> cached(std::int64_t sequence, Time now) const;

  /// Media came, and not so long ago that others of the track have left it behind.
  [[nodiscard]] bool alive() const { return alive_ && stream_ != nullptr; }
  [[nodiscard]] Time last_media() const { return last_media_; }
  /// What a layer in it brought until the newest packet, without those it is built on.
  [[nodiscard]] std::uint64_t bits_per_second(Layer layer) const {
    return rates_.bits_per_second(layer, last_media_);
  }
  /// Whether pictures of the spatial layer `above` are predicted from `below` between keyframes
  /// too.
  [[nodiscard]] bool builds_on(std::uint8_t above, std::uint8_t below) const;
  /// A spatial layer in it that the others there have not left behind.
  [[nodiscard]] bool carries(std::size_t spatial) const;
  /// A packet of media came. Returns true when it began another picture.
  bool note_media(std::uint32_t timestamp, Time now);
  /// Another layer of the track began a picture.
  void note_other_picture() { ++pictures_without_; }
  /// Whether alive() has changed since the last call.
  bool update_alive(Time newest_media);

  /// In order of joining. Changes only between packets or by a subscriber that leaves for another
  /// layer while a packet of that one is handed out.
  [[nodiscard]] const std::vector<SendStream*>& subscribers() const { return subscribers_; }
  void join(SendStream& subscriber);
  void leave(SendStream& subscriber);
  /// So that join() does not allocate for that many.
  void reserve(std::size_t subscribers) { subscribers_.reserve(subscribers); }

  [[nodiscard]] KeyframeRequests& keyframe_requests() { return keyframe_requests_; }

 private:
  // The unwrapped number nearest to the newest one.
  [[nodiscard]] std::int64_t unwrap_picture(const DescriptorField& field) const;
  void read_extension(MediaPacket& media) const;
  void learn_frame(MediaPacket& media);
  void learn_structure(MediaPacket& media);

  const Track& track_;
  std::uint8_t index_;
  const ReceiveStream* stream_ = nullptr;
  std::vector<SendStream*> subscribers_;
  KeyframeRequests keyframe_requests_;
  LayerRates rates_;
  std::int64_t newest_picture_ = 0;
  // Made with the first dependency descriptor that has one.
  std::unique_ptr<DependencyStructure> structure_;
  std::int64_t structure_sequence_ = 0;  // of the packet it came with
  std::uint32_t frames_segment_ = 0;     // that it and the frame numbers belong to
  std::int64_t newest_frame_ = 0;

  bool alive_ = false;
  Time last_media_{};
  std::uint32_t timestamp_ = 0;
  unsigned pictures_without_ = 0;  // of other layers, since this one's last packet

  // Made with the first subscriber; video only: nobody asks for lost audio.
  std::optional<PacketCache> cache_;
  std::uint32_t cached_segment_ = 0;
};

}  // namespace parley::forwarding
