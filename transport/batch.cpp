#include "transport/batch.hpp"

#include <cassert>

namespace parley::transport {
namespace {

constexpr std::size_t align8(std::size_t size) {
  return (size + 7) & ~std::size_t{7};
}
static_assert(align8(Batch::kMaxDatagram) * Batch::kMaxDatagrams <= UINT32_MAX);

}  // namespace

Batch::Batch() : arena_(align8(kMaxDatagram) * kMaxDatagrams / sizeof(std::uint64_t)) {
  datagrams_.reserve(kMaxDatagrams);
  destinations_.reserve(kMaxDatagrams);
  parts_.reserve(kMaxDatagrams);
  messages_.reserve(kMaxDatagrams);
}

std::span<std::uint8_t> Batch::reserve() {
  assert(!full());
  return {reinterpret_cast<std::uint8_t*>(arena_.data()) + used_, kMaxDatagram};
}

void Batch::commit(Lane& lane, const Path& path, std::size_t size) {
  assert(!full() && size <= kMaxDatagram);
  const auto index = static_cast<std::uint32_t>(datagrams_.size());
  datagrams_.push_back({used_, static_cast<std::uint32_t>(size), kNone});
  used_ += static_cast<std::uint32_t>(align8(size));
  if (lane.round != round_) {
    lane = {round_, static_cast<std::uint32_t>(destinations_.size())};
    destinations_.push_back({path, index, index});
    return;
  }
  Destination& destination = destinations_[lane.index];
  datagrams_[destination.last].next = index;
  destination.last = index;
}

std::span<const Outgoing> Batch::take() {
  parts_.clear();
  messages_.clear();
  auto* base = reinterpret_cast<std::uint8_t*>(arena_.data());
  for (const Destination& destination : destinations_) {
    for (std::uint32_t at = destination.first; at != kNone;) {
      const std::uint32_t segment = datagrams_[at].size;
      const std::size_t begin = parts_.size();
      std::size_t total = 0;
      bool open = true;  // a smaller datagram ends the message
      while (at != kNone && open && parts_.size() - begin < kMaxSegments) {
        const Datagram& datagram = datagrams_[at];
        if (datagram.size > segment || total + datagram.size > kMaxMessage) break;
        parts_.push_back({base + datagram.offset, datagram.size});
        total += datagram.size;
        open = datagram.size == segment;
        at = datagram.next;
      }
      messages_.push_back({destination.path, {parts_.data() + begin, parts_.size() - begin}});
    }
  }
  datagrams_.clear();
  destinations_.clear();
  used_ = 0;
  ++round_;
  return messages_;
}

}  // namespace parley::transport
