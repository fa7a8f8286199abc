// What the tool writes at the end of each synthetic payload, to know the packet again on the other
// side of the server: servers rewrite headers and VP8 descriptors, never a payload's end.
#pragma once

#include <cstdint>
#include <optional>

#include "forwarding/bytes.hpp"
#include "support/time.hpp"

namespace parley::load {

/// One sent stream: names its publisher, its kind and its simulcast layer. Unique in a run.
using StreamId = std::uint32_t;

struct Mark {
  StreamId stream = 0;
  std::uint32_t counter = 0;  ///< of the stream's packets, from 0
  Time sent{};

  bool operator==(const Mark&) const = default;
};

inline constexpr std::size_t kMarkSize = 20;
inline constexpr std::uint32_t kMarkWord = 0x50524c59;

/// `payload` has at least kMarkSize bytes; the last of them are written.
inline void write_mark(forwarding::MutableBytes payload, const Mark& mark) {
  const auto end = payload.last(kMarkSize);
  forwarding::write_u32(end, 0, kMarkWord);
  forwarding::write_u32(end, 4, mark.stream);
  forwarding::write_u32(end, 8, mark.counter);
  forwarding::write_u64(end, 12, static_cast<std::uint64_t>(mark.sent.time_since_epoch().count()));
}

/// Nothing where the payload is somebody else's.
inline std::optional<Mark> read_mark(forwarding::Bytes payload) {
  if (payload.size() < kMarkSize) return std::nullopt;
  const auto end = payload.last(kMarkSize);
  if (forwarding::read_u32(end, 0) != kMarkWord) return std::nullopt;
  return Mark{forwarding::read_u32(end, 4), forwarding::read_u32(end, 8),
              Time(Duration(static_cast<std::int64_t>(forwarding::read_u64(end, 12))))};
}

}  // namespace parley::load
