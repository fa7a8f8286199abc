// The packets of a track that were seen last, for subscribers that lost some.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "forwarding/bytes.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

/// Bounded in bytes, number and age; all memory is taken at construction. One per track, not per
/// subscriber: what is kept is the publisher's packet, and each retransmission rewrites it anew.
class PacketCache {
 public:
  static constexpr std::size_t kPackets = 1024;
  static constexpr Duration kMaxAge = std::chrono::seconds(2);

  /// About a second of 4 Mbit/s.
  explicit PacketCache(std::size_t bytes = 512 * 1024);

  void put(std::int64_t sequence, Bytes packet, Time now);
  /// Empty when it is not here any more, or never was. Valid until the next put().
  [[nodiscard]] Bytes find(std::int64_t sequence, Time now) const;
  void clear();

 private:
  struct Entry {
    std::int64_t sequence = -1;
    std::uint64_t position = 0;  // in the endless row of bytes of which the ring holds the end
    std::size_t size = 0;
    Time at{};
  };

  std::size_t capacity_;
  std::unique_ptr<std::uint8_t[]> ring_;
  std::vector<Entry> entries_;
  std::uint64_t end_ = 0;
};

}  // namespace parley::forwarding
