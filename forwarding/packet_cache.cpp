#include "forwarding/packet_cache.hpp"

#include <algorithm>
#include <cstring>

namespace parley::forwarding {
namespace {

std::size_t slot(std::int64_t sequence) {
  return static_cast<std::uint64_t>(sequence) % PacketCache::kPackets;
}

}  // namespace

// Not filled with zeros: pages that no packet ever reaches cost nothing.
PacketCache::PacketCache(std::size_t bytes)
    : capacity_(bytes), ring_(new std::uint8_t[bytes]), entries_(kPackets) {}

void PacketCache::put(std::int64_t sequence, Bytes packet, Time now) {
  if (packet.empty() || packet.size() > capacity_) return;
  const std::size_t to_edge = capacity_ - end_ % capacity_;
  if (packet.size() > to_edge) end_ += to_edge;  // packets lie in one piece
  std::memcpy(ring_.get() + end_ % capacity_, packet.data(), packet.size());
  entries_[slot(sequence)] = {sequence, end_, packet.size(), now};
  end_ += packet.size();
}

Bytes PacketCache::find(std::int64_t sequence, Time now) const {
  const Entry& entry = entries_[slot(sequence)];
  const bool overwritten = entry.position + capacity_ < end_;
  if (entry.sequence != sequence || overwritten || now - entry.at > kMaxAge) return {};
  return {ring_.get() + entry.position % capacity_, entry.size};
}

void PacketCache::clear() {
  std::fill(entries_.begin(), entries_.end(), Entry{});
}

}  // namespace parley::forwarding
