// Maps the sequence numbers of a slot's sources to the one row of numbers its subscriber sees.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace parley::forwarding {

/// Source numbers are those of one source at a time, already unwrapped. A packet that is left out
/// on purpose closes the gap it would make; a packet that is missing stays a gap, so that the
/// subscriber asks for it and finds its place free when it comes late. No number is given twice
/// for different packets. Pure; no allocation.
class SequenceMap {
 public:
  explicit SequenceMap(std::uint16_t first) : next_out_(first) {}

  /// A new source, or the same one after a pause, goes on with packet `source`.
  void start(std::int64_t source);
  /// As start(), and nothing of before can be mapped or found any more: the numbers that follow
  /// belong to another source.
  void start_source(std::int64_t source);
  /// Leaves packet `source` out. False when that cannot be hidden: it came late, and its place in
  /// the row is taken.
  bool skip(std::int64_t source);
  /// The number `source` goes out with; none when it was left out or lies too far back.
  [[nodiscard]] std::optional<std::uint16_t> map(std::int64_t source);
  /// One above the highest number given.
  [[nodiscard]] std::uint16_t next() const { return static_cast<std::uint16_t>(next_out_); }
  /// Which packet of the present source went out, or would go out, as `out`.
  [[nodiscard]] std::optional<std::int64_t> find(std::uint16_t out) const;

 private:
  // A run of source numbers with one offset; it ends where the next one begins.
  struct Run {
    std::int64_t source = 0;
    std::int64_t out = 0;
  };
  // Of pictures of which something is left out each begins one: two seconds, as long as packets are
  // kept.
  static constexpr std::size_t kRuns = 64;

  void push(Run run);
  [[nodiscard]] const Run& run(std::size_t age) const {
    return runs_[(newest_ + kRuns - age) % kRuns];
  }

  std::array<Run, kRuns> runs_;
  std::size_t newest_ = 0;
  std::size_t count_ = 0;
  std::int64_t next_out_;  // one above the highest number given
};

}  // namespace parley::forwarding
