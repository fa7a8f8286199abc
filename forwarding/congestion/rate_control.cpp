#include "forwarding/congestion/rate_control.hpp"

namespace parley::forwarding::congestion {
namespace {

constexpr double kDecrease = 0.85;
constexpr double kIncreaseASecond = 1.08;
constexpr double kMinIncrease = 1000;  // bits per second, each step
// What is not sent cannot be shown to pass.
constexpr double kBeyondAcked = 1.5;
constexpr double kBeyondAckedAtLeast = 10'000;
// Near the capacity: about one packet more each time the sender could have heard of it.
constexpr double kPacket = 1200 * 8;
constexpr double kFramesASecond = 30;
constexpr double kMinAdditive = 4000;  // bits per second, each second
constexpr Duration kDetection = std::chrono::milliseconds(100);

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

}  // namespace

void RateControl::update(const Input& input, Time now) {
  switch (input.use) {
    case BandwidthUse::Normal:
      if (std::exchange(holding_, false)) increased_ = now;
      return increase(input, now);
    case BandwidthUse::Underuse:  // the queue drains; let it
      holding_ = true;
      return;
    case BandwidthUse::Overuse:
      if (!holding_ || may_decrease_again(input, now)) decrease(input, now);
      holding_ = true;
      return;
  }
}

void RateControl::increase(const Input& input, Time now) {
  const double since = std::min(seconds(now - increased_.value_or(now)), 1.0);
  increased_ = now;
  if (input.acked && capacity_.is_above(*input.acked)) capacity_.reset();
  if (input.limited_by_source || !input.acked) return;
  const double limit = kBeyondAcked * *input.acked + kBeyondAckedAtLeast;
  if (rate_ >= limit) return;
  double next = 0;
  if (capacity_.mean()) {
    const double frame = rate_ / kFramesASecond;
    const double packet = frame / std::ceil(frame / kPacket);
    next = rate_ + std::max(kMinAdditive, packet / seconds(input.rtt + kDetection)) * since;
  } else {
    next = rate_ + std::max(rate_ * (std::pow(kIncreaseASecond, since) - 1), kMinIncrease * since);
  }
  rate_ = std::clamp(std::min(next, limit), limits_.min, limits_.max);
}

bool RateControl::may_decrease_again(const Input& input, Time now) const {
  if (!decreased_) return true;
  const Duration interval =
      std::clamp<Duration>(input.rtt + kDetection, kDetection * 2, kDetection * 4);
  return now - *decreased_ >= interval;
}

void RateControl::decrease(const Input& input, Time now) {
  decreased_ = now;
  const double passed = input.acked.value_or(rate_);
  double next = kDecrease * passed;
  if (next > rate_ && capacity_.mean()) next = kDecrease * *capacity_.mean();
  rate_ = std::clamp(std::min(rate_, next), limits_.min, limits_.max);
  if (capacity_.is_below(passed)) capacity_.reset();
  capacity_.on_overuse(passed);
}

}  // namespace parley::forwarding::congestion
