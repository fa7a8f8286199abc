// A bad network, emulated on the tool's own sockets.
#pragma once

#include <cstdint>
#include <optional>
#include <random>

#include "support/time.hpp"

namespace parley::load {

struct Impairment {
  double loss = 0;    ///< 0 to 1, each packet by itself
  Duration delay{};   ///< of every packet
  Duration jitter{};  ///< added to it, evenly spread from 0 to this; may reorder

  [[nodiscard]] bool none() const { return loss <= 0 && !delays(); }
  [[nodiscard]] bool delays() const { return delay.count() > 0 || jitter.count() > 0; }
  bool operator==(const Impairment&) const = default;
};

/// Draws each packet's fate. Pure; bound to one thread.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  /// How long the packet is under way; nothing when it is lost.
  std::optional<Duration> draw(const Impairment& impairment) {
    if (impairment.loss > 0 && part() < impairment.loss) return std::nullopt;
    Duration delay = impairment.delay;
    if (impairment.jitter.count() > 0)
      delay += Duration(
          static_cast<std::int64_t>(part() * static_cast<double>(impairment.jitter.count())));
    return delay;
  }

 private:
  double part() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  std::mt19937_64 random_;
};

}  // namespace parley::load
