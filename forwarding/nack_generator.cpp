#include "forwarding/nack_generator.hpp"

#include <algorithm>

namespace parley::forwarding {

bool NackGenerator::on_gap(std::int64_t first, std::int64_t end, Time now) {
  if (end - first > static_cast<std::int64_t>(kMaxMissing - count_)) {
    clear();
    return false;
  }
  for (; first < end; ++first) missing_[count_++] = {first, now, {}, 0};
  return true;
}

std::optional<Duration> NackGenerator::on_late(std::int64_t sequence, Time now) {
  const auto end = missing_.begin() + static_cast<std::ptrdiff_t>(count_);
  const auto found = std::lower_bound(
      missing_.begin(), end, sequence,
      [](const Missing& entry, std::int64_t value) { return entry.sequence < value; });
  if (found == end || found->sequence != sequence) return std::nullopt;
  const Missing entry = *found;
  std::copy(found + 1, end, found);
  --count_;
  return entry.tries == 1 ? std::optional(now - entry.asked) : std::nullopt;
}

std::size_t NackGenerator::collect(Duration rtt, Time now, std::span<std::uint16_t> out) {
  const Duration interval = std::max(rtt, kMinInterval);
  const auto given_up = [&](const Missing& entry) {
    return now - entry.noticed > kMaxAge ||
           (entry.tries >= kMaxTries && now - entry.asked >= interval);
  };
  const auto end = missing_.begin() + static_cast<std::ptrdiff_t>(count_);
  count_ =
      static_cast<std::size_t>(std::remove_if(missing_.begin(), end, given_up) - missing_.begin());

  std::size_t due = 0;
  for (std::size_t i = 0; i < count_ && due < out.size(); ++i) {
    Missing& entry = missing_[i];
    if (entry.tries > 0 && now - entry.asked < interval) continue;
    ++entry.tries;
    entry.asked = now;
    out[due++] = static_cast<std::uint16_t>(entry.sequence);
  }
  return due;
}

}  // namespace parley::forwarding
