#include "forwarding/sequence_map.hpp"

#include <algorithm>

#include "forwarding/sequence.hpp"

namespace parley::forwarding {

void SequenceMap::push(Run run) {
  newest_ = (newest_ + 1) % kRuns;
  runs_[newest_] = run;
  count_ = std::min(count_ + 1, kRuns);
}

void SequenceMap::start(std::int64_t source) {
  push({source, next_out_});
}

void SequenceMap::start_source(std::int64_t source) {
  count_ = 0;
  start(source);
}

bool SequenceMap::skip(std::int64_t source) {
  if (count_ == 0) return false;
  Run& last = runs_[newest_];
  const std::int64_t out = last.out + (source - last.source);
  if (source < last.source || out < next_out_) return false;
  next_out_ = out;  // numbers below stay for packets that are only late
  if (last.source == source)
    last.source = source + 1;
  else
    push({source + 1, out});
  return true;
}

std::optional<std::uint16_t> SequenceMap::map(std::int64_t source) {
  std::int64_t end = INT64_MAX;  // where the next newer run begins, in outgoing numbers
  for (std::size_t age = 0; age < count_; ++age) {
    const Run& candidate = run(age);
    if (source >= candidate.source) {
      const std::int64_t out = candidate.out + (source - candidate.source);
      if (out >= end) return std::nullopt;
      next_out_ = std::max(next_out_, out + 1);
      return static_cast<std::uint16_t>(out);
    }
    end = candidate.out;
  }
  return std::nullopt;
}

std::optional<std::int64_t> SequenceMap::find(std::uint16_t out) const {
  const std::int64_t wanted = unwrap(out, next_out_ - 1);
  if (wanted >= next_out_) return std::nullopt;
  for (std::size_t age = 0; age < count_; ++age) {
    const Run& candidate = run(age);
    if (wanted >= candidate.out) return candidate.source + (wanted - candidate.out);
  }
  return std::nullopt;
}

}  // namespace parley::forwarding
