// One slot as a browser receives it: asks for what is missing, reports, relates RTP to NTP time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "forwarding/capture_clock.hpp"
#include "forwarding/nack_generator.hpp"
#include "forwarding/rtcp.hpp"
#include "tests/forwarding/support/network.hpp"

namespace parley::forwarding::test {

class SimReceiver {
 public:
  struct Packet {
    std::int64_t sequence = 0;
    std::int64_t timestamp = 0;
    Time captured{};
    std::uint32_t number = 0;
    std::uint32_t source = 0;
    bool keyframe = false;
    Time arrived{};
  };

  explicit SimReceiver(media::Send description) : description_(std::move(description)) {}

  [[nodiscard]] bool owns(std::uint32_t ssrc) const {
    return ssrc == description_.ssrc || ssrc == description_.rtx_ssrc;
  }
  void on_rtp(const Buffer& bytes, Time now);
  void on_sender_report(const rtcp::SenderInfo& info, Time now);
  /// Sends what is due: NACKs and, every second, a report.
  void run(Time now, Link& link);

  /// In order of arrival.
  [[nodiscard]] const std::vector<Packet>& packets() const { return packets_; }
  [[nodiscard]] std::size_t duplicates() const { return duplicates_; }
  [[nodiscard]] std::size_t reports() const { return reports_; }
  /// Numbers between the first and the newest that never came.
  [[nodiscard]] std::size_t missing() const;
  [[nodiscard]] std::size_t repaired() const { return repaired_; }
  /// By the newest sender report: how far the NTP time of the newest packet is from its capture.
  [[nodiscard]] std::optional<Duration> sync_error() const;
  /// The same by a straight line through the newest 20 reports, as libwebrtc draws it.
  [[nodiscard]] std::optional<Duration> fitted_sync_error() const;

 private:
  [[nodiscard]] std::uint32_t clock_rate() const {
    return description_.kind == media::Kind::Audio ? 48000 : 90000;
  }

  media::Send description_;
  std::vector<Packet> packets_;
  std::set<std::int64_t> seen_;
  std::size_t duplicates_ = 0;
  std::size_t repaired_ = 0;
  std::int64_t newest_timestamp_ = 0;
  NackGenerator nacks_;
  std::optional<rtcp::SenderInfo> report_;
  Time report_at_{};
  struct Point {
    double timestamp = 0;  // ticks since the first report
    double ntp = 0;        // seconds since the first report
  };
  std::deque<Point> points_;
  std::optional<rtcp::SenderInfo> first_report_;
  std::int64_t report_timestamp_ = 0;
  std::size_t reports_ = 0;
  Time next_report_{};
};

}  // namespace parley::forwarding::test
