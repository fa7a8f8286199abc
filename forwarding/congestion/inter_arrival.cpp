#include "forwarding/congestion/inter_arrival.hpp"

#include <algorithm>

namespace parley::forwarding::congestion {

std::optional<GroupDelta> InterArrival::on_packet(Time sent, Time arrived) {
  if (current_ && arrived - current_->last_arrival > kPause) {
    current_.reset();
    previous_.reset();
  }
  if (!current_) {
    current_ = {sent, sent, arrived, arrived};
    return std::nullopt;
  }
  if (sent < current_->first_sent) return std::nullopt;  // of a group that is over
  if (belongs(sent, arrived)) {
    current_->last_sent = std::max(current_->last_sent, sent);
    current_->last_arrival = std::max(current_->last_arrival, arrived);
    return std::nullopt;
  }
  std::optional<GroupDelta> delta;
  if (previous_ && current_->last_arrival >= previous_->last_arrival)
    delta = GroupDelta{current_->last_sent - previous_->last_sent,
                       current_->last_arrival - previous_->last_arrival, current_->last_arrival};
  previous_ = current_;
  current_ = {sent, sent, arrived, arrived};
  return delta;
}

bool InterArrival::belongs(Time sent, Time arrived) const {
  if (sent - current_->first_sent <= kBurst) return true;
  const Duration between = arrived - current_->last_arrival;
  const bool caught_up = between < sent - current_->last_sent;
  return caught_up && between <= kBurst && arrived - current_->first_arrival < kMaxBurst;
}

}  // namespace parley::forwarding::congestion
