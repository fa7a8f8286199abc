#include "forwarding/track.hpp"

#include <algorithm>

#include "forwarding/keyframe.hpp"
#include "forwarding/peer.hpp"
#include "forwarding/receive_stream.hpp"
#include "forwarding/send_stream.hpp"

namespace parley::forwarding {

void FanOut::forward(std::span<const std::uint8_t> packet, Time now) {
  if (track_ == nullptr) return;
  const auto media = track_->read(packet);
  if (!media) return;
  track_->remember(*media, packet, now);
  for (SendStream* subscriber : subscribers_) subscriber->forward(*media, now);
}

Track::Track(Peer& publisher, TrackKey key, media::Kind kind)
    : publisher_(publisher), key_(key), kind_(kind), fan_out_(std::make_shared<FanOut>()) {
  fan_out_->track_ = this;
  if (kind == media::Kind::Video) cache_.emplace();
}

Track::~Track() {
  for (SendStream* subscriber : fan_out_->subscribers_) subscriber->track_gone();
  fan_out_->subscribers_.clear();
  fan_out_->track_ = nullptr;
}

// --- description and sources ---

void Track::set_description(const media::Receive& description) {
  codecs_ = description.codecs;
  extensions_ = description.extensions;
  pli_ = description.pli;
  media_index_.fill(0);
  rtx_index_.fill(0);
  for (std::size_t i = 0; i < codecs_.size() && i < 255; ++i) {
    const auto place = static_cast<std::uint8_t>(i + 1);
    media_index_[codecs_[i].payload_type & 0x7f] = place;
    if (codecs_[i].rtx_payload_type) rtx_index_[*codecs_[i].rtx_payload_type & 0x7f] = place;
  }
  for (SendStream* subscriber : fan_out_->subscribers_) subscriber->update_payload_types();
}

const media::Codec* Track::at(std::uint8_t place) const {
  return place == 0 ? nullptr : &codecs_[place - 1U];
}

void Track::set_active(const ReceiveStream* stream) {
  active_ = stream;
}

// --- packets ---

std::optional<MediaPacket> Track::read(Bytes bytes) const {
  const auto packet = RtpPacket::parse(bytes);
  if (!packet || active_ == nullptr || packet->ssrc != active_->ssrc()) return std::nullopt;
  const media::Codec* codec = codec_of(packet->payload_type);
  if (codec == nullptr) return std::nullopt;
  MediaPacket media;
  media.rtp = *packet;
  media.extensions = ExtensionValues(*packet, extensions_);
  media.stream = active_;
  media.sequence = active_->unwrap_sequence(packet->sequence);
  media.timestamp = active_->unwrap_timestamp(packet->timestamp);
  media.codec = codec->name;
  media.starts_keyframe = starts_keyframe(codec->name, packet->payload);
  return media;
}

void Track::remember(const MediaPacket& media, Bytes packet, Time now) {
  if (media.starts_keyframe) keyframe_requests_.on_keyframe();
  if (!cache_) return;
  if (cached_segment_ != active_->segment()) {
    cached_segment_ = active_->segment();
    cache_->clear();
  }
  cache_->put(media.sequence, packet, now);
}

std::optional<MediaPacket> Track::cached(std::int64_t sequence, Time now) const {
  if (!cache_ || active_ == nullptr || cached_segment_ != active_->segment()) return std::nullopt;
  return read(cache_->find(sequence, now));
}

// --- subscribers ---

void Track::subscribe(SendStream& stream) {
  fan_out_->subscribers_.push_back(&stream);
}

void Track::unsubscribe(SendStream& stream) {
  std::erase(fan_out_->subscribers_, &stream);
}

// --- keyframes ---

ReceiveStats Track::stats() const {
  ReceiveStats stats;
  if (active_ != nullptr) stats = active_->stats();
  stats.keyframe_requests = keyframe_requests_sent_;
  return stats;
}

void Track::request_keyframe(Time now) {
  if (kind_ == media::Kind::Video && keyframe_requests_.ask(now)) send_keyframe_request();
}

void Track::keep_asking(Time now) {
  if (kind_ == media::Kind::Video && keyframe_requests_.ask_again(now)) send_keyframe_request();
}

void Track::tick(Time now) {
  if (keyframe_requests_.due(now)) send_keyframe_request();
}

void Track::send_keyframe_request() {
  if (publisher_.send_keyframe_request(*this))
    ++keyframe_requests_sent_;
  else
    keyframe_requests_.put_back();
}

}  // namespace parley::forwarding
