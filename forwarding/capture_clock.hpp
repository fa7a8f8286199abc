// When was the media of an RTP timestamp captured? The answer that lip-sync rests on.
//
// Everything is put on the server's monotonic time. A publisher's own NTP clock, which its sender
// reports relate to the timestamps of each of its streams, is moved there as a whole: one offset
// for all its streams, so that sound and picture keep the relation the publisher gave them. Until a
// stream's first report (Chromium's audio: 2 to 2.5 s) its packets' arrival stands in.
#pragma once

#include <cstdint>
#include <optional>

#include "support/time.hpp"

namespace parley::forwarding {

/// RTP ticks as time and back, without overflow for any stream that lasts.
Duration ticks_to_duration(std::int64_t ticks, std::uint32_t clock_rate);
std::int64_t duration_to_ticks(Duration duration, std::uint32_t clock_rate);

/// The smallest of the differences seen between two clocks, which is the one with the least delay
/// in it. It may grow by 250 ppm, so that a clock that runs slow is followed.
class SmallestOffset {
 public:
  void observe(Duration offset, Time now);
  [[nodiscard]] bool known() const { return known_; }
  [[nodiscard]] Duration value() const { return value_; }
  void reset() { known_ = false; }

 private:
  bool known_ = false;
  Duration value_{};
  Time at_{};
};

/// One publisher's NTP clock. Its times are durations since that clock's zero (from_ntp).
class PublisherClock {
 public:
  /// A report written at `ntp` came here at `now`. Returns how far the publisher's clock has been
  /// set if it was, else 0: the NTP times kept from before have to be moved by that.
  Duration on_report(Duration ntp, Time now);
  /// Something captured at `ntp` came here at `now`.
  void on_packet(Duration ntp, Time now) { offset_.observe(now.time_since_epoch() - ntp, now); }
  [[nodiscard]] bool known() const { return offset_.known(); }
  /// The server's time at `ntp`, plus the least network delay there was.
  [[nodiscard]] Time to_server(Duration ntp) const { return Time{} + ntp + offset_.value(); }

 private:
  SmallestOffset offset_;
};

/// One incoming stream's timestamps, unwrapped. Forgets nothing until reset().
class CaptureClock {
 public:
  /// `send_delay` is assumed to lie between capture and sending until a report tells.
  explicit CaptureClock(Duration send_delay) : send_delay_(send_delay) {}

  void reset(std::uint32_t clock_rate, std::int64_t timestamp);
  [[nodiscard]] std::uint32_t clock_rate() const { return clock_rate_; }

  /// How much later (or, negative, earlier) than the promptest packets this one comes.
  [[nodiscard]] Duration lateness(std::int64_t timestamp, Time arrival) const;
  void on_packet(std::int64_t timestamp, Time arrival);
  /// A sender report's pair. Pass nothing that contradicts the packets' arrival.
  void on_report(std::int64_t timestamp, Duration ntp) { report_ = Report{timestamp, ntp}; }
  void move_report(Duration step) {
    if (report_) report_->ntp += step;
  }
  [[nodiscard]] bool has_report() const { return report_.has_value(); }
  /// The publisher's time of capture, once it has reported.
  [[nodiscard]] std::optional<Duration> publisher_time(std::int64_t timestamp) const;
  /// The server's time of capture, network delay included.
  [[nodiscard]] Time capture_time(std::int64_t timestamp, const PublisherClock& publisher) const;

 private:
  struct Report {
    std::int64_t timestamp = 0;
    Duration ntp{};
  };

  [[nodiscard]] Duration media_time(std::int64_t timestamp) const {
    return ticks_to_duration(timestamp - origin_, clock_rate_);
  }

  Duration send_delay_;
  std::uint32_t clock_rate_ = 1;
  std::int64_t origin_ = 0;
  SmallestOffset arrival_;  // arrival minus media time
  std::optional<Report> report_;
};

}  // namespace parley::forwarding
