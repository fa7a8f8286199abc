#include "load/run/delivery.hpp"

#include <algorithm>

namespace parley::load {
namespace {

std::uint64_t expected_of(const SentStream& sent, const Reception& reception,
                          const ReceivedStream* received, Time begin, Time end) {
  std::int64_t first = sent.first, last = first + sent.count - 1;
  const bool came_late = reception.connected > begin, left_early = reception.left < end;
  if (received == nullptr) return came_late || left_early ? 0 : sent.count;
  if (came_late) first = received->first;
  if (left_early) last = received->last;
  return static_cast<std::uint64_t>(std::max<std::int64_t>(last - first + 1, 0));
}

}  // namespace

Delivery deliver(const std::vector<SentStream>& sent, const std::vector<Reception>& receptions,
                 Time begin, Time end) {
  Delivery delivery;
  for (const Reception& reception : receptions) {
    for (const SentStream& stream : sent) {
      const bool own = stream.stream >> 3 == reception.client;
      if (stream.room != reception.room || own) continue;
      const auto found =
          std::ranges::find(reception.streams, stream.stream, &ReceivedStream::stream);
      const bool came = found != reception.streams.end();
      delivery.expected += expected_of(stream, reception, came ? &*found : nullptr, begin, end);
      if (came) delivery.received += found->count;
    }
  }
  return delivery;
}

Delivery deliver_by_sequence(const std::vector<Reception>& receptions) {
  Delivery delivery;
  for (const Reception& reception : receptions) {
    delivery.received += reception.packets;
    delivery.expected += reception.packets + reception.gaps;
  }
  return delivery;
}

}  // namespace parley::load
