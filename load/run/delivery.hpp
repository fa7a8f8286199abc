// What should have arrived, and what did.
#pragma once

#include <cstdint>
#include <vector>

#include "load/media/counts.hpp"
#include "support/time.hpp"

namespace parley::load {

struct Delivery {
  std::uint64_t expected = 0;
  std::uint64_t received = 0;
  [[nodiscard]] std::uint64_t lost() const { return expected > received ? expected - received : 0; }
  [[nodiscard]] double loss() const {
    return expected == 0 ? 0 : static_cast<double>(lost()) / static_cast<double>(expected);
  }
  bool operator==(const Delivery&) const = default;
};

/// Holds what every client received against what its room's others sent between `begin` and `end`.
/// Of a client that came or went meanwhile only what lies between its first and its last packet of
/// a stream is expected. A stream that never came is wholly lost.
Delivery deliver(const std::vector<SentStream>& sent, const std::vector<Reception>& receptions,
                 Time begin, Time end);

/// By the sequence numbers that came, where what was sent does not tell: with simulcast the server
/// chooses the layer.
Delivery deliver_by_sequence(const std::vector<Reception>& receptions);

}  // namespace parley::load
