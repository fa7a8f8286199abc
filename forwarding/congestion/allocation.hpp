// Who gets what of a subscriber's bandwidth. Pure; no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "forwarding/layer.hpp"

namespace parley::forwarding::congestion {

/// One video stream's wish, and what it gets.
struct Claim {
  std::array<LayerOption, kMaxLayerOptions> options{};  ///< cheapest first
  std::size_t count = 0;                                ///< of them
  Priority priority = Priority::Normal;
  std::optional<Layer> before;  ///< what it was granted last
  bool may_rise = true;         ///< it did not fall just now
  bool assured = false;         ///< its cheapest layer is given, whatever it costs

  std::optional<std::size_t> granted;  ///< the option; none: nothing fits
};

struct Division {
  double granted = 0;  ///< what all grants cost together
  double wanted = 0;   ///< what everything asked for would need, with some to spare
};

/// First everybody's cheapest layer, those of high priority before the rest and earlier ones before
/// later ones; then steps upward, again by priority, the cheapest first, so that equals rise
/// together. A higher layer than before needs some to spare, or it would be taken back the next
/// moment. One given before stays as long as the network is not `congested`: what it costs varies,
/// and the estimate of a path that was never filled is no proof that it does not pass.
Division divide(double bits_per_second, std::span<Claim> claims, bool congested);

}  // namespace parley::forwarding::congestion
