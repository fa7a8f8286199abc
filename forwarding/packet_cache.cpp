#include "forwarding/packet_cache.hpp"

#include <algorithm>
#include <cstring>

namespace parley::forwarding {
namespace {

std::size_t slot(std::int64_t sequence) {
  return static_cast<std::uint64_t>(sequence) % PacketCache::kPackets;
}

}  // namespace

PacketCache::PacketCache(std::size_t bytes) : ring_(bytes), entries_(kPackets) {}

void PacketCache::put(std::int64_t sequence, Bytes packet, Time now) {
  if (packet.empty() || packet.size() > ring_.size()) return;
  const std::size_t to_edge = ring_.size() - end_ % ring_.size();
  if (packet.size() > to_edge) end_ += to_edge;  // packets lie in one piece
  std::memcpy(ring_.data() + end_ % ring_.size(), packet.data(), packet.size());
  entries_[slot(sequence)] = {sequence, end_, packet.size(), now};
  end_ += packet.size();
}

Bytes PacketCache::find(std::int64_t sequence, Time now) const {
  const Entry& entry = entries_[slot(sequence)];
  const bool overwritten = entry.position + ring_.size() < end_;
  if (entry.sequence != sequence || overwritten || now - entry.at > kMaxAge) return {};
  return {ring_.data() + entry.position % ring_.size(), entry.size};
}

void PacketCache::clear() {
  std::fill(entries_.begin(), entries_.end(), Entry{});
}

}  // namespace parley::forwarding
