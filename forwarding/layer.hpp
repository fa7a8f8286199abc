// What of a track a subscriber is sent: vocabulary shared by the streams and by whoever divides a
// subscriber's bandwidth among them. Plain values.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace parley::forwarding {

/// A quality of a track: a simulcast stream or, of a track that is sent as one stream, a spatial
/// layer in it; and how many of its temporal layers. Counted from 0, the smallest; ordered by
/// quality.
struct Layer {
  std::uint8_t spatial = 0;
  std::uint8_t temporal = 0;

  auto operator<=>(const Layer&) const = default;
};

/// As a limit: none at all.
inline constexpr Layer kBestLayer{255, 255};

/// Simulcast streams of a track, spatial layers of a stream, temporal layers of either: at most.
/// No browser sends more than three.
inline constexpr std::size_t kMaxSpatialLayers = 4;
inline constexpr std::size_t kMaxTemporalLayers = 4;
inline constexpr std::size_t kMaxLayerOptions = kMaxSpatialLayers * kMaxTemporalLayers;

/// A layer a publisher is sending just now, and what it costs.
struct LayerOption {
  Layer layer;
  std::uint64_t bits_per_second = 0;  ///< with all it is built on
};

/// Who is served first when the bandwidth does not reach for all. Sound always comes before both.
enum class Priority : std::uint8_t { Normal, High };

}  // namespace parley::forwarding
