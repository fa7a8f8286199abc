#include "forwarding/capture_clock.hpp"

#include <algorithm>
#include <cstdlib>

namespace parley::forwarding {
namespace {

constexpr std::int64_t kNanos = 1'000'000'000;
constexpr std::int64_t kGrowth = 4000;  // one in so many: 250 ppm
// More than queues and jitter explain between two reports: the publisher's clock was set.
constexpr Duration kClockSet = std::chrono::seconds(3);

}  // namespace

Duration ticks_to_duration(std::int64_t ticks, std::uint32_t clock_rate) {
  const std::int64_t rate = clock_rate;
  return std::chrono::seconds(ticks / rate) + Duration(ticks % rate * kNanos / rate);
}

std::int64_t duration_to_ticks(Duration duration, std::uint32_t clock_rate) {
  const std::int64_t rate = clock_rate;
  return duration.count() / kNanos * rate + duration.count() % kNanos * rate / kNanos;
}

void SmallestOffset::observe(Duration offset, Time now) {
  const Duration grown = value_ + (now - at_) / kGrowth;
  value_ = known_ ? std::min(grown, offset) : offset;
  known_ = true;
  at_ = now;
}

Duration PublisherClock::on_report(Duration ntp, Time now) {
  const Duration offset = now.time_since_epoch() - ntp;
  const Duration set_by = known() ? offset_.value() - offset : Duration{};
  if (std::chrono::abs(set_by) < kClockSet) {
    offset_.observe(offset, now);
    return Duration{};
  }
  offset_.reset();
  offset_.observe(offset, now);
  return set_by;
}

void CaptureClock::reset(std::uint32_t clock_rate, std::int64_t timestamp) {
  clock_rate_ = std::max<std::uint32_t>(clock_rate, 1);
  origin_ = timestamp;
  arrival_.reset();
  report_.reset();
}

Duration CaptureClock::lateness(std::int64_t timestamp, Time arrival) const {
  if (!arrival_.known()) return Duration{};
  return arrival.time_since_epoch() - media_time(timestamp) - arrival_.value();
}

void CaptureClock::on_packet(std::int64_t timestamp, Time arrival) {
  arrival_.observe(arrival.time_since_epoch() - media_time(timestamp), arrival);
}

std::optional<Duration> CaptureClock::publisher_time(std::int64_t timestamp) const {
  if (!report_) return std::nullopt;
  return report_->ntp + ticks_to_duration(timestamp - report_->timestamp, clock_rate_);
}

Time CaptureClock::capture_time(std::int64_t timestamp, const PublisherClock& publisher) const {
  if (const auto ntp = publisher_time(timestamp)) return publisher.to_server(*ntp);
  return Time{} + media_time(timestamp) + arrival_.value() - send_delay_;
}

}  // namespace parley::forwarding
