// What of a track a subscriber is sent: vocabulary shared by the streams and by whoever divides a
// subscriber's bandwidth among them. Plain values.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace parley::forwarding {

/// A quality of a track: a simulcast stream or a spatial layer of one, and how many of its temporal
/// layers. Counted from 0, the smallest; ordered by quality.
struct Layer {
  std::uint8_t spatial = 0;
  std::uint8_t temporal = 0;

  auto operator<=>(const Layer&) const = default;
};

/// More spatial times temporal layers than that no browser sends.
inline constexpr std::size_t kMaxLayerOptions = 16;

/// A layer a publisher is sending just now, and what it costs.
struct LayerOption {
  Layer layer;
  std::uint64_t bits_per_second = 0;  ///< with all it is built on
};

/// Who is served first when the bandwidth does not reach for all. Sound always comes before both.
enum class Priority : std::uint8_t { Normal, High };

}  // namespace parley::forwarding
