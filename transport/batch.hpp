// Outgoing datagrams of one round of work, grouped by destination so that each group is one system
// call's one message (UDP GSO).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <sys/uio.h>

#include "transport/address.hpp"

namespace parley::transport {

/// One message for the kernel: datagrams to one destination, all of the first one's size but the
/// last, which may be smaller.
struct Outgoing {
  Path path;
  std::span<const iovec> datagrams;
};

/// All memory is taken at construction. Bound to one thread.
class Batch {
 public:
  static constexpr std::size_t kMaxDatagram = 1500;
  static constexpr std::size_t kMaxDatagrams = 1024;
  static constexpr std::size_t kMaxSegments = 64;     ///< UDP_MAX_SEGMENTS of Linux
  static constexpr std::size_t kMaxMessage = 65'000;  ///< below what an IP packet carries

  /// A destination's place in the batch. Whoever sends keeps one per destination; a new or stale
  /// one is always right.
  struct Lane {
    std::uint64_t round = 0;
    std::uint32_t index = 0;
  };

  Batch();

  [[nodiscard]] bool empty() const { return datagrams_.empty(); }
  [[nodiscard]] bool full() const { return datagrams_.size() == kMaxDatagrams; }
  /// Room for one datagram of kMaxDatagram bytes, 8-byte aligned; only while not full().
  [[nodiscard]] std::span<std::uint8_t> reserve();
  /// Queues the first `size` bytes of the last reserve(). To have them sent elsewhere than before,
  /// pass a new lane.
  void commit(Lane& lane, const Path& path, std::size_t size);

  /// What is queued, in order per destination, and makes the batch empty. Valid until the next
  /// reserve().
  [[nodiscard]] std::span<const Outgoing> take();

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Datagram {
    std::uint32_t offset;
    std::uint32_t size;
    std::uint32_t next;  ///< of the same destination
  };
  struct Destination {
    Path path;
    std::uint32_t first;
    std::uint32_t last;
  };

  std::vector<std::uint64_t> arena_;  ///< words, for their alignment
  std::uint32_t used_ = 0;            ///< bytes
  std::uint64_t round_ = 1;
  std::vector<Datagram> datagrams_;
  std::vector<Destination> destinations_;
  std::vector<iovec> parts_;
  std::vector<Outgoing> messages_;
};

}  // namespace parley::transport
