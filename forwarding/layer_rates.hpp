// What each layer in a stream brings, measured over a sliding window.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "forwarding/layer.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

/// Pure; all memory is its own. A keyframe is many times another frame, so the window is long
/// enough to hold it among others.
class LayerRates {
 public:
  static constexpr Duration kBucket = std::chrono::milliseconds(100);
  static constexpr std::size_t kBuckets = 20;
  static constexpr Duration kWindow = kBucket * kBuckets;

  /// Layers beyond the largest are counted with it.
  void on_packet(Layer layer, std::size_t bytes, Time now);
  /// Of this very layer, without those it is built on.
  [[nodiscard]] std::uint64_t bits_per_second(Layer layer, Time now) const;
  /// When the spatial layer was last seen; the clock's zero: never.
  [[nodiscard]] Time last_seen(std::size_t spatial) const { return last_seen_[spatial]; }

 private:
  static constexpr std::size_t kLayers = kMaxSpatialLayers * kMaxTemporalLayers;

  static std::int64_t bucket_at(Time now) { return now.time_since_epoch() / kBucket; }
  void advance(std::int64_t bucket, Time now);

  std::array<std::array<std::uint32_t, kLayers>, kBuckets> buckets_{};  // bytes
  std::array<Time, kMaxSpatialLayers> last_seen_{};
  std::int64_t newest_ = 0;    // bucket, counted from the clock's zero
  std::optional<Time> first_;  // packet of those measured
};

}  // namespace parley::forwarding
