#include "forwarding/congestion/transport_feedback.hpp"

namespace parley::forwarding::congestion {

std::optional<TransportFeedback> TransportFeedback::parse(Bytes fci) {
  if (fci.size() < kHeader) return std::nullopt;
  TransportFeedback feedback;
  feedback.base_ = read_u16(fci, 0);
  feedback.count_ = read_u16(fci, 2);
  feedback.reference_ = static_cast<std::int32_t>(read_u24(fci, 4));
  feedback.number_ = fci[7];
  feedback.chunks_ = fci.subspan(kHeader);
  if (feedback.count_ == 0) return std::nullopt;

  std::size_t deltas = 0;
  const std::size_t chunks = feedback.walk([&](std::uint16_t, unsigned symbol) {
    deltas += symbol;
    return symbol <= kLarge;
  });
  if (chunks == 0 || chunks + deltas > feedback.chunks_.size()) return std::nullopt;
  feedback.deltas_ = feedback.chunks_.subspan(chunks);
  return feedback;
}

}  // namespace parley::forwarding::congestion
