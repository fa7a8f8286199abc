#include "forwarding/track_layer.hpp"

#include <algorithm>
#include <utility>

#include "forwarding/receive_stream.hpp"
#include "forwarding/sequence.hpp"
#include "forwarding/track.hpp"

namespace parley::forwarding {
namespace {

// Where pictures are rare, a layer has not stopped before others are ahead by some.
constexpr unsigned kPicturesBehind = 4;

}  // namespace

// --- packets ---

std::optional<MediaPacket> TrackLayer::read(const RtpPacket& packet) const {
  const media::Codec* codec = track_.codec_of(packet.payload_type);
  if (codec == nullptr) return std::nullopt;
  MediaPacket media;
  media.rtp = packet;
  media.extensions = ExtensionValues(packet, track_.extensions());
  media.stream = stream_;
  media.layer = index_;
  media.sequence = stream_->unwrap_sequence(packet.sequence);
  media.timestamp = stream_->unwrap_timestamp(packet.timestamp);
  media.codec = codec->name;
  media.descriptor = read_descriptor(codec->name, packet.payload);
  media.picture = unwrap_picture(media.descriptor.picture_id);
  read_extension(media);
  return media;
}

// VP8's payload tells all there is to know, and is what its receivers go by.
void TrackLayer::read_extension(MediaPacket& media) const {
  if (media.codec == media::CodecName::Vp8) return;
  const Bytes bytes = media.extensions.get(media::Extension::DependencyDescriptor);
  if (bytes.empty()) return;
  media.dependencies = read_dependencies(bytes, structure_.get());
  if (!media.dependencies) return;
  const FrameDependencies& frame = *media.dependencies;
  media.structure = structure_.get();
  media.frame = unwrap(frame.frame_number, newest_frame_);
  media.descriptor.starts_keyframe |= frame.has_structure && frame.starts_frame;
  media.descriptor.begins_frame = frame.starts_frame;
  media.descriptor.ends_frame = frame.ends_frame;
  if (!frame.resolved) return;
  media.descriptor.spatial = frame.layer.spatial;
  media.descriptor.temporal = frame.layer.temporal;
}

void TrackLayer::learn_frame(MediaPacket& media) {
  const bool anew = frames_segment_ != stream_->segment();
  if (anew) structure_sequence_ = media.sequence;
  frames_segment_ = stream_->segment();
  newest_frame_ = anew ? media.frame : std::max(newest_frame_, media.frame);
  if (media.dependencies->has_structure) learn_structure(media);
}

// A keyframe that comes late does not bring the older structure back.
void TrackLayer::learn_structure(MediaPacket& media) {
  if (structure_ && media.sequence < structure_sequence_) return;
  if (!structure_) structure_ = std::make_unique<DependencyStructure>();
  structure_sequence_ = media.sequence;
  (void)read_dependencies(media.extensions.get(media::Extension::DependencyDescriptor), nullptr,
                          structure_.get());
  media.structure = structure_.get();
}

std::int64_t TrackLayer::unwrap_picture(const DescriptorField& field) const {
  if (!field) return 0;
  // As unwrap(), on seven or fifteen bits.
  const std::int64_t half = std::int64_t{1} << (field.bits - 1);
  const std::int64_t step = (field.value - newest_picture_ + half) & (2 * half - 1);
  return newest_picture_ + step - half;
}

void TrackLayer::remember(MediaPacket& media, Bytes packet, Time now) {
  if (media.descriptor.starts_keyframe) keyframe_requests_.on_keyframe();
  if (!media.rtp.payload.empty())
    rates_.on_packet({media.descriptor.spatial, media.descriptor.temporal}, packet.size(), now);
  newest_picture_ = std::max(newest_picture_, media.picture);
  if (media.dependencies) learn_frame(media);
  if (!cache_ || subscribers_.empty()) return;
  if (cached_segment_ != stream_->segment()) {
    cached_segment_ = stream_->segment();
    cache_->clear();
  }
  cache_->put(media.sequence, packet, now);
}

std::optional<MediaPacket> TrackLayer::cached(std::int64_t sequence, Time now) const {
  if (!cache_ || stream_ == nullptr || cached_segment_ != stream_->segment()) return std::nullopt;
  const auto packet = RtpPacket::parse(cache_->find(sequence, now));
  return packet ? read(*packet) : std::nullopt;
}

// --- whether it is sent ---

bool TrackLayer::note_media(std::uint32_t timestamp, Time now) {
  const bool next_picture = timestamp != timestamp_ || last_media_ == Time{};
  timestamp_ = timestamp;
  last_media_ = now;
  pictures_without_ = 0;
  return next_picture;
}

bool TrackLayer::update_alive(Time newest_media) {
  const bool left_behind =
      newest_media - last_media_ > kStopped && pictures_without_ >= kPicturesBehind;
  const bool alive = stream_ != nullptr && last_media_ != Time{} && !left_behind;
  return std::exchange(alive_, alive) != alive;
}

bool TrackLayer::carries(std::size_t spatial) const {
  const Time seen = rates_.last_seen(spatial);
  return seen != Time{} && last_media_ - seen <= kStopped;
}

bool TrackLayer::builds_on(std::uint8_t above, std::uint8_t below) const {
  return above == below || !structure_ || structure_->builds_on(above, below);
}

// --- subscribers ---

void TrackLayer::join(SendStream& subscriber) {
  if (!cache_ && track_.kind() == media::Kind::Video) cache_.emplace();
  subscribers_.push_back(&subscriber);
}

void TrackLayer::leave(SendStream& subscriber) {
  std::erase(subscribers_, &subscriber);
  if (subscribers_.empty()) keyframe_requests_.on_keyframe();  // nobody waits for it any more
}

}  // namespace parley::forwarding
