#include "forwarding/nack_generator.hpp"

#include <algorithm>

namespace parley::forwarding {
namespace {

// 20, 40, 40, 80, 80, 160, 160 … ms: ten tries fill the second.
constexpr unsigned kMaxDoublings = 3;

}  // namespace

bool NackGenerator::on_gap(std::int64_t first, std::int64_t end, Time now) {
  if (end - first > static_cast<std::int64_t>(kMaxMissing - count_)) {
    clear();
    return false;
  }
  for (; first < end; ++first) missing_[count_++] = {first, now, {}, 0};
  return true;
}

std::size_t NackGenerator::find(std::int64_t sequence) const {
  const auto end = missing_.begin() + static_cast<std::ptrdiff_t>(count_);
  const auto found = std::lower_bound(
      missing_.begin(), end, sequence,
      [](const Missing& entry, std::int64_t value) { return entry.sequence < value; });
  return found != end && found->sequence == sequence
             ? static_cast<std::size_t>(found - missing_.begin())
             : count_;
}

std::optional<Duration> NackGenerator::on_late(std::int64_t sequence, Time now) {
  const std::size_t place = find(sequence);
  if (place == count_) return std::nullopt;
  const Missing entry = missing_[place];
  const auto begin = missing_.begin() + static_cast<std::ptrdiff_t>(place);
  std::copy(begin + 1, missing_.begin() + static_cast<std::ptrdiff_t>(count_), begin);
  --count_;
  return entry.tries == 1 ? std::optional(now - entry.asked) : std::nullopt;
}

std::size_t NackGenerator::collect(Duration rtt, Time now, std::span<std::uint16_t> out) {
  const auto interval = [&](const Missing& entry) {
    return std::max(rtt, kMinInterval * (1U << std::min(entry.tries / 2, kMaxDoublings)));
  };
  const auto given_up = [&](const Missing& entry) {
    return now - entry.noticed > kMaxAge ||
           (entry.tries >= kMaxTries && now - entry.asked >= interval(entry));
  };
  const auto end = missing_.begin() + static_cast<std::ptrdiff_t>(count_);
  const auto kept =
      static_cast<std::size_t>(std::remove_if(missing_.begin(), end, given_up) - missing_.begin());
  if (kept < count_) given_up_ = true;
  count_ = kept;

  std::size_t due = 0;
  for (std::size_t i = 0; i < count_ && due < out.size(); ++i) {
    Missing& entry = missing_[i];
    if (entry.tries > 0 && now - entry.asked < interval(entry)) continue;
    ++entry.tries;
    entry.asked = now;
    out[due++] = static_cast<std::uint16_t>(entry.sequence);
  }
  return due;
}

}  // namespace parley::forwarding
