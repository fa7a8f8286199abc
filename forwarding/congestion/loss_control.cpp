#include "forwarding/congestion/loss_control.hpp"

#include <algorithm>

namespace parley::forwarding::congestion {
namespace {

constexpr Duration kInterval = std::chrono::milliseconds(500);
constexpr std::uint32_t kMinPackets = 20;
constexpr double kIncrease = 1.04;  // each interval
// What comes through, less what lets the queue drain.
constexpr double kLeastOfAcked = 0.85;
struct Bounds {
  double increase_below;
  double decrease_above;
};
constexpr Bounds kQueueing{0.02, 0.10};
constexpr Bounds kOther{0.10, 0.20};

}  // namespace

void LossControl::update(const Input& input, Time now) {
  queueing_ |= input.queueing;
  if (!since_) since_ = now;
  if (now - *since_ < kInterval || packets_ < kMinPackets) return;
  loss_ = static_cast<double>(lost_) / packets_;
  const Bounds& bounds = queueing_ ? kQueueing : kOther;
  if (loss_ > bounds.decrease_above) {
    // What was sent, not what might have been: a cap far above it would change nothing.
    const double sent = input.acked ? *input.acked / (1 - std::min(loss_, 0.9)) : input.rate;
    const double base = std::min({input.rate, sent, cap_.value_or(sent)});
    const double least = kLeastOfAcked * input.acked.value_or(0);
    cap_ = std::max({base * (1 - loss_ / 2), std::min(base, least), input.min});
  } else if (cap_ && loss_ < bounds.increase_below) {
    *cap_ *= kIncrease;
  }
  if (cap_ && *cap_ >= input.rate) cap_.reset();
  packets_ = lost_ = 0;
  queueing_ = false;
  since_ = now;
}

}  // namespace parley::forwarding::congestion
