// Tells when packets that are missing from a stream will not come any more. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "support/time.hpp"

namespace parley::forwarding {

/// For a receiver without NACKs of its own: what is missing may still be recovered upstream, and
/// only what was not within kPatience is worth a keyframe.
class LossWatch {
 public:
  static constexpr Duration kPatience = std::chrono::milliseconds(300);

  /// True when something has been missing for too long; once for each such gap.
  [[nodiscard]] bool on_packet(std::uint16_t sequence, Time now) {
    const auto step = static_cast<std::int16_t>(sequence - newest_.value_or(sequence));
    if (step > 1) {
      if (missing_ == 0) since_ = now;
      missing_ += static_cast<std::size_t>(step - 1);
    } else if (step < 0 && missing_ > 0) {
      --missing_;
    }
    if (step > 0 || !newest_) newest_ = sequence;
    if (missing_ == 0 || now - since_ < kPatience) return false;
    missing_ = 0;
    return true;
  }

 private:
  std::optional<std::uint16_t> newest_;
  std::size_t missing_ = 0;
  Time since_{};
};

}  // namespace parley::forwarding
