#include "forwarding/layer_rates.hpp"

#include <algorithm>

namespace parley::forwarding {
namespace {

std::size_t place_of(Layer layer) {
  return std::min<std::size_t>(layer.spatial, kMaxSpatialLayers - 1) * kMaxTemporalLayers +
         std::min<std::size_t>(layer.temporal, kMaxTemporalLayers - 1);
}

// A stream that has just begun is measured over at least this much.
constexpr Duration kLeast = std::chrono::milliseconds(500);

}  // namespace

void LayerRates::advance(std::int64_t bucket, Time now) {
  const auto window = static_cast<std::int64_t>(kBuckets);
  if (!first_ || bucket - newest_ > window) first_ = now;
  for (std::int64_t next = std::max(newest_ + 1, bucket - window + 1); next <= bucket; ++next)
    buckets_[static_cast<std::size_t>(next) % kBuckets].fill(0);
  newest_ = bucket;
}

void LayerRates::on_packet(Layer layer, std::size_t bytes, Time now) {
  const std::int64_t bucket = bucket_at(now);
  if (bucket > newest_) advance(bucket, now);
  buckets_[static_cast<std::size_t>(newest_) % kBuckets][place_of(layer)] +=
      static_cast<std::uint32_t>(bytes);
  last_seen_[std::min<std::size_t>(layer.spatial, kMaxSpatialLayers - 1)] = now;
}

std::uint64_t LayerRates::bits_per_second(Layer layer, Time now) const {
  if (!first_) return 0;
  const std::int64_t oldest =
      std::max(bucket_at(now), newest_) - static_cast<std::int64_t>(kBuckets) + 1;
  std::uint64_t bytes = 0;
  for (std::int64_t bucket = std::max(oldest, bucket_at(*first_)); bucket <= newest_; ++bucket)
    bytes += buckets_[static_cast<std::size_t>(bucket) % kBuckets][place_of(layer)];
  const Duration measured = std::max(now - std::max(*first_, Time{oldest * kBucket}), kLeast);
  return bytes * 8'000'000 / static_cast<std::uint64_t>(measured / std::chrono::microseconds(1));
}

}  // namespace parley::forwarding
