#include "forwarding/track.hpp"

#include <algorithm>

#include "forwarding/peer.hpp"
#include "forwarding/receive_stream.hpp"
#include "forwarding/send_stream.hpp"

namespace parley::forwarding {

void FanOut::forward(std::span<const std::uint8_t> packet, Time now) {
  if (track_ == nullptr) return;
  const auto rtp = RtpPacket::parse(packet);
  TrackLayer* layer = rtp ? track_->layer_of(rtp->ssrc) : nullptr;
  auto media = layer != nullptr ? layer->read(*rtp) : std::nullopt;
  if (!media) return;
  layer->remember(*media, packet, now);
  for (SendStream* subscriber : layer->subscribers()) subscriber->forward(*media, now);
}

Track::Track(Peer& publisher, TrackKey key, media::Kind kind)
    : publisher_(publisher), key_(key), kind_(kind), fan_out_(std::make_shared<FanOut>()) {
  fan_out_->track_ = this;
  add_layers(1);
}

Track::~Track() {
  fan_out_->track_ = nullptr;
  for (SendStream* subscriber : subscribers_) subscriber->track_gone();
}

// --- description ---

void Track::set_description(const media::Receive& description) {
  codecs_ = description.codecs;
  extensions_ = description.extensions;
  rids_ = description.rids;
  pli_ = description.pli;
  media_index_.fill(0);
  rtx_index_.fill(0);
  for (std::size_t i = 0; i < codecs_.size() && i < 255; ++i) {
    const auto place = static_cast<std::uint8_t>(i + 1);
    media_index_[codecs_[i].payload_type & 0x7f] = place;
    if (codecs_[i].rtx_payload_type) rtx_index_[*codecs_[i].rtx_payload_type & 0x7f] = place;
  }
  add_layers(std::max(description.rids.size(), description.ssrcs.size()));
  for (SendStream* subscriber : subscribers_) subscriber->on_description();
}

const media::Codec* Track::at(std::uint8_t place) const {
  return place == 0 ? nullptr : &codecs_[place - 1U];
}

// --- layers ---

void Track::add_layers(std::size_t count) {
  while (layers_.size() < std::min(count, kMaxSpatialLayers)) {
    const auto index = static_cast<std::uint8_t>(layers_.size());
    layers_.push_back(std::make_unique<TrackLayer>(*this, index));
    layers_.back()->reserve(subscribers_.capacity());
  }
}

TrackLayer* Track::layer_of(std::uint32_t ssrc) {
  for (const auto& layer : layers_)
    if (layer->stream() != nullptr && layer->stream()->ssrc() == ssrc) return layer.get();
  return nullptr;
}

std::uint8_t Track::limit_of(std::string_view rid) const {
  const auto found = std::find(rids_.begin(), rids_.end(), rid);
  return found == rids_.end() ? kBestLayer.spatial
                              : static_cast<std::uint8_t>(found - rids_.begin());
}

std::optional<std::uint8_t> Track::best_layer(std::uint8_t limit) const {
  for (std::size_t index = std::min<std::size_t>(limit + 1U, layers_.size()); index-- > 0;)
    if (layers_[index]->alive()) return static_cast<std::uint8_t>(index);
  return smallest_layer();
}

std::optional<std::uint8_t> Track::smallest_layer() const {
  for (const auto& layer : layers_)
    if (layer->alive()) return layer->index();
  return std::nullopt;
}

void Track::note_media(TrackLayer& layer, std::uint32_t timestamp, Time now) {
  newest_media_ = now;
  if (layer.note_media(timestamp, now))
    for (const auto& other : layers_)
      if (other.get() != &layer) other->note_other_picture();
  if (!layer.alive()) update_alive(now);
}

void Track::update_alive(Time now) {
  bool changed = false;
  for (const auto& layer : layers_) changed |= layer->update_alive(newest_media_);
  if (!changed) return;
  for (SendStream* subscriber : subscribers_) subscriber->on_layers_changed(now);
}

// --- subscribers ---

void Track::subscribe(SendStream& stream) {
  subscribers_.push_back(&stream);
  for (const auto& layer : layers_) layer->reserve(subscribers_.capacity());
}

void Track::unsubscribe(SendStream& stream) {
  std::erase(subscribers_, &stream);
}

// --- keyframes ---

void Track::request_keyframe(Time now) {
  if (const auto best = best_layer(kBestLayer.spatial)) request_keyframe(layer(*best), now);
}

void Track::request_keyframe(TrackLayer& layer, Time now) {
  if (kind_ == media::Kind::Video && layer.keyframe_requests().ask(now))
    send_keyframe_request(layer);
}

void Track::keep_asking(std::uint8_t index, Time now) {
  TrackLayer& asked = layer(index);
  if (kind_ == media::Kind::Video && asked.keyframe_requests().ask_again(now))
    send_keyframe_request(asked);
}

void Track::tick(Time now) {
  update_alive(now);
  for (const auto& layer : layers_)
    if (layer->keyframe_requests().due(now)) send_keyframe_request(*layer);
}

void Track::send_keyframe_request(TrackLayer& layer) {
  const bool sent =
      layer.stream() != nullptr &&
      publisher_.send_keyframe_request(
          layer.stream()->ssrc(), pli_ ? std::nullopt : std::optional<std::uint8_t>(fir_number_++));
  if (sent)
    ++keyframe_requests_sent_;
  else
    layer.keyframe_requests().put_back();
}

// --- numbers ---

ReceiveStats Track::stats() const {
  ReceiveStats stats;
  if (const auto best = best_layer(kBestLayer.spatial)) stats = layer(*best).stream()->stats();
  stats.keyframe_requests = keyframe_requests_sent_;
  return stats;
}

std::vector<LayerStats> Track::layers() const {
  std::vector<LayerStats> all;
  for (const auto& layer : layers_) {
    LayerStats& stats = all.emplace_back();
    stats.rid = rid_of(layer->index());
    stats.alive = layer->alive();
    stats.subscribers = layer->subscribers().size();
    if (layer->stream() != nullptr) stats.received = layer->stream()->stats();
    if (kind_ != media::Kind::Video) continue;
    for (std::uint8_t spatial = 0; spatial < kMaxSpatialLayers; ++spatial)
      for (std::uint8_t temporal = 0; temporal < kMaxTemporalLayers; ++temporal) {
        const auto rate = layer->bits_per_second({spatial, temporal});
        if (rate == 0) continue;
        stats.bits_per_second += rate;
        stats.spatial_layers = std::max<std::uint8_t>(stats.spatial_layers, spatial + 1);
        stats.temporal_layers = std::max<std::uint8_t>(stats.temporal_layers, temporal + 1);
      }
  }
  return all;
}

}  // namespace parley::forwarding
