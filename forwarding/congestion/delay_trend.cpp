#include "forwarding/congestion/delay_trend.hpp"

#include <algorithm>
#include <cmath>

namespace parley::forwarding::congestion {
namespace {

constexpr double kSmoothing = 0.9;
// The threshold is in these units: a slope times the number of groups it is believed over.
constexpr double kGain = 4;
constexpr std::size_t kBelieved = 60;
constexpr double kOveruse = 10;  // ms
// The threshold follows down slowly and up at once, so that it is above what jitter makes, and a
// competing flow that fills the queue does not starve this one (5.4).
constexpr double kUp = 0.0087;
constexpr double kDown = 0.039;
constexpr double kOutlier = 15;
constexpr double kMinThreshold = 6;
constexpr double kMaxThreshold = 600;
// The least delay may have grown for good, as by a new path; it is forgotten this slowly.
constexpr double kForgetting = 0.001;  // ms per ms

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

}  // namespace

void DelayTrend::on_group(const GroupDelta& delta) {
  if (!first_) first_ = delta.at;
  const double now = milliseconds(delta.at - *first_);
  const double arrived = milliseconds(delta.arrived);
  accumulated_ += arrived - milliseconds(delta.sent);
  smoothed_ = kSmoothing * smoothed_ + (1 - kSmoothing) * accumulated_;
  least_ = std::min(least_ + arrived * kForgetting, smoothed_);
  points_[groups_++ % kWindow] = {now, smoothed_};
  detect(slope().value_or(previous_), milliseconds(delta.sent), now);
}

void DelayTrend::restart() {
  groups_ = 0;
  accumulated_ = smoothed_ = least_;
  previous_ = 0;
  over_.reset();
  overs_ = 0;
  use_ = BandwidthUse::Normal;
}

Duration DelayTrend::queueing() const {
  return Duration(static_cast<std::int64_t>((smoothed_ - least_) * 1e6));
}

std::optional<double> DelayTrend::slope() const {
  if (groups_ < kWindow) return std::nullopt;
  double mean_at = 0;
  double mean_delay = 0;
  for (const Point& point : points_) {
    mean_at += point.at / kWindow;
    mean_delay += point.delay / kWindow;
  }
  double covariance = 0;
  double variance = 0;
  for (const Point& point : points_) {
    covariance += (point.at - mean_at) * (point.delay - mean_delay);
    variance += (point.at - mean_at) * (point.at - mean_at);
  }
  if (variance == 0) return std::nullopt;
  return covariance / variance;
}

void DelayTrend::detect(double slope, double sent_ms, double now) {
  if (groups_ < 2) return;
  const double trend = static_cast<double>(std::min(groups_, kBelieved)) * slope * kGain;
  if (trend > threshold_) {
    over_ = over_ ? *over_ + sent_ms : sent_ms / 2;
    ++overs_;
    if (*over_ > kOveruse && overs_ > 1 && slope >= previous_) {
      over_ = 0;
      overs_ = 0;
      use_ = BandwidthUse::Overuse;
    }
  } else {
    over_.reset();
    overs_ = 0;
    use_ = trend < -threshold_ ? BandwidthUse::Underuse : BandwidthUse::Normal;
  }
  previous_ = slope;
  adapt_threshold(trend, now);
}

void DelayTrend::adapt_threshold(double trend, double now) {
  const double since = std::min(now - adapted_.value_or(now), 100.0);
  adapted_ = now;
  const double size = std::abs(trend);
  if (size > threshold_ + kOutlier) return;
  threshold_ += (size < threshold_ ? kDown : kUp) * (size - threshold_) * since;
  threshold_ = std::clamp(threshold_, kMinThreshold, kMaxThreshold);
}

}  // namespace parley::forwarding::congestion
