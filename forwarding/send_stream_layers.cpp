// Which of a track's layers a subscriber gets.
#include <algorithm>

#include "forwarding/receive_stream.hpp"
#include "forwarding/send_stream.hpp"

namespace parley::forwarding {
namespace {

std::uint8_t highest_spatial(const TrackLayer& stream) {
  std::uint8_t highest = 0;
  for (std::uint8_t spatial = 1; spatial < kMaxSpatialLayers; ++spatial)
    if (stream.carries(spatial)) highest = spatial;
  return highest;
}

std::uint8_t highest_temporal(const TrackLayer& stream) {
  std::uint8_t highest = 0;
  for (std::uint8_t spatial = 0; spatial < kMaxSpatialLayers; ++spatial)
    for (std::uint8_t temporal = 1; temporal < kMaxTemporalLayers; ++temporal)
      if (stream.bits_per_second({spatial, temporal}) > 0) highest = std::max(highest, temporal);
  return highest;
}

// What the layers of a stream that make up `top` bring together; of those that only keyframes are
// predicted from, next to nothing goes out.
std::uint64_t bits_per_second(const TrackLayer& stream, Layer top) {
  std::uint64_t sum = 0;
  for (std::uint8_t spatial = 0; spatial <= top.spatial; ++spatial)
    for (std::uint8_t temporal = 0;
         temporal <= top.temporal && stream.builds_on(top.spatial, spatial); ++temporal)
      sum += stream.bits_per_second({spatial, temporal});
  return sum;
}

}  // namespace

// --- limits ---

void SendStream::set_max_layer(std::string rid, Time now) {
  if (max_layer_ == rid) return;
  max_layer_ = std::move(rid);
  if (track_ == nullptr) return;
  on_description();
  if (choose_layer()) ask_for_keyframe(now);
}

void SendStream::set_target(std::optional<Layer> target, Time now) {
  if (target_ == target) return;
  const bool begins = !target_;
  target_ = target;
  if (track_ == nullptr) return;
  if (!target_) flowing_ = false;
  if (choose_layer() || begins) ask_for_keyframe(now);
}

void SendStream::on_description() {
  update_payload_types();
  max_spatial_ = max_layer_.empty() ? kBestLayer.spatial : track_->limit_of(max_layer_);
}

void SendStream::on_layers_changed(Time now) {
  // A layer that appears begins with a keyframe by itself; where it does not, the packet that comes
  // instead asks for one. Where the layer that flowed has stopped, there is no time to lose.
  const bool stopped = flowing_ && !track_->layer(layer_).alive();
  if (choose_layer() && stopped) ask_for_keyframe(now);
}

// --- the choice ---

Layer SendStream::layer_limit() const {
  const Layer target = target_.value_or(Layer{});
  return {std::min(target.spatial, max_spatial_), target.temporal};
}

bool SendStream::choose_layer() {
  const bool simulcast = track_->layer_count() > 1;
  const Layer limit = layer_limit();
  filter_.set_limit({simulcast ? kBestLayer.spatial : limit.spatial, limit.temporal});
  const auto best = wants_nothing() ? std::nullopt : track_->best_layer(limit.spatial);
  const std::uint8_t before = std::exchange(wanted_, best.value_or(kNone));
  listen();
  return wanted_ != kNone && wanted_ != before && !(flowing_ && wanted_ == layer_);
}

void SendStream::listen() {
  std::uint32_t wanted = 0;
  if (wanted_ != kNone) {
    wanted |= 1U << wanted_;
    if (flowing_) wanted |= 1U << layer_;
  }
  const std::uint32_t changed = wanted ^ std::exchange(listening_, wanted);
  for (std::uint8_t index = 0; changed >> index != 0; ++index) {
    if ((changed >> index & 1U) == 0) continue;
    if ((wanted >> index & 1U) != 0)
      track_->layer(index).join(*this);
    else
      track_->layer(index).leave(*this);
  }
}

void SendStream::stop_listening() {
  wanted_ = kNone;
  listen();
}

// --- numbers ---

std::size_t SendStream::options(std::span<LayerOption, kMaxLayerOptions> out) const {
  if (track_ == nullptr || track_->kind() != media::Kind::Video) return 0;
  std::size_t count = 0;
  const auto add = [&](const TrackLayer& stream, Layer layer, Layer in_stream) {
    out[count++] = {layer, bits_per_second(stream, in_stream)};
  };
  const auto add_thinner = [&](const TrackLayer& stream, std::uint8_t spatial, Layer in_stream) {
    for (std::uint8_t temporal = 0; temporal < in_stream.temporal; ++temporal)
      add(stream, {spatial, temporal}, {in_stream.spatial, temporal});
  };
  const auto smallest = track_->smallest_layer();
  if (!smallest) return 0;
  if (track_->layer_count() > 1) {
    const std::uint8_t best = *track_->best_layer(max_spatial_);
    for (std::uint8_t index = *smallest; index <= best; ++index) {
      const TrackLayer& stream = track_->layer(index);
      if (!stream.alive()) continue;
      const Layer all{highest_spatial(stream), highest_temporal(stream)};
      if (index == *smallest) add_thinner(stream, index, all);
      add(stream, {index, all.temporal}, all);
    }
  } else {
    const TrackLayer& stream = track_->layer(*smallest);
    const std::uint8_t temporal = highest_temporal(stream);
    add_thinner(stream, 0, {0, temporal});
    for (std::uint8_t spatial = 0; spatial <= std::min(highest_spatial(stream), max_spatial_);
         ++spatial)
      if (spatial == 0 || stream.carries(spatial))
        add(stream, {spatial, temporal}, {spatial, temporal});
  }
  std::stable_sort(out.begin(), out.begin() + count, [](const auto& a, const auto& b) {
    return a.bits_per_second < b.bits_per_second;
  });
  return count;
}

SendStats SendStream::stats() const {
  SendStats stats = stats_;
  stats.state = state();
  if (track_ == nullptr || track_->kind() != media::Kind::Video) return stats;
  const bool simulcast = track_->layer_count() > 1;
  if (flowing_) {
    const TrackLayer& stream = track_->layer(layer_);
    const Layer current = filter_.current();
    stats.layer = Layer{simulcast ? layer_ : std::min(current.spatial, highest_spatial(stream)),
                        std::min(current.temporal, highest_temporal(stream))};
    stats.rid = track_->rid_of(layer_);
  }
  if (wanted_ != kNone) {
    const TrackLayer& stream = track_->layer(wanted_);
    const Layer limit = filter_.limit();
    stats.target = Layer{simulcast ? wanted_ : std::min(limit.spatial, highest_spatial(stream)),
                         std::min(limit.temporal, highest_temporal(stream))};
  }
  return stats;
}

}  // namespace parley::forwarding
