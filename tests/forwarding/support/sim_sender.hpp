// One stream as a browser sends it: its own clocks, reports, retransmissions and keyframes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "forwarding/rtcp.hpp"
#include "support/time.hpp"
#include "tests/forwarding/support/network.hpp"

namespace parley::forwarding::test {

/// A publisher's clock against the true time of the test.
struct SimClock {
  Duration offset{};
  double skew = 0;  ///< runs fast by this, 1e-6 is a ppm

  [[nodiscard]] Duration at(Time time) const {
    const Duration since = time.time_since_epoch();
    return since + offset +
           Duration(static_cast<std::int64_t>(static_cast<double>(since.count()) * skew));
  }
};

/// What every simulated payload carries behind its codec header.
struct SimPayload {
  Time captured{};
  std::uint32_t number = 0;  ///< of the packet, counted by its sender
  std::uint32_t source = 0;  ///< the sender's SSRC

  static constexpr std::size_t kOffset = 4;
  static SimPayload read(Bytes payload);
};

class SimSender {
 public:
  struct Options {
    media::Kind kind = media::Kind::Audio;
    std::uint32_t ssrc = 0;
    std::uint32_t rtx_ssrc = 0;
    SimClock clock;
    Duration interval = std::chrono::milliseconds(20);  ///< between frames
    unsigned packets_per_frame = 1;
    Duration send_delay{};         ///< from capture to sending…
    Duration send_delay_jitter{};  ///< …plus up to this
    Duration first_report = std::chrono::seconds(1);
    Duration report_interval = std::chrono::seconds(1);
    std::string mid = {};  ///< sent as an extension where not empty
    std::string rid = {};
  };

  SimSender(Options options, unsigned seed, Time start);

  /// Everything due up to `now` goes into `link`.
  void run(Time now, Link& link);
  void on_nack(std::uint16_t sequence, Time now, Link& link);
  void on_keyframe_request() { keyframe_ = true; }

  void set_paused(bool paused) { paused_ = paused; }
  /// Timestamps stand still from now on until this is called with false, as Chromium's do while
  /// a sender has no track.
  void set_stalled(bool stalled, Time now);
  void jump_timestamp(std::uint32_t ticks) { timestamp_base_ += ticks; }
  void reset_sequence(std::uint16_t sequence) { sequence_ = sequence; }
  void set_send_delay(Duration delay) { options_.send_delay = delay; }
  /// Added to the NTP time of reports from now on.
  void set_report_offset(Duration offset) { report_offset_ = offset; }
  [[nodiscard]] std::uint32_t sent() const { return number_; }
  [[nodiscard]] unsigned keyframes() const { return keyframes_; }
  [[nodiscard]] const Options& options() const { return options_; }

 private:
  [[nodiscard]] std::uint32_t clock_rate() const {
    return options_.kind == media::Kind::Audio ? 48000 : 90000;
  }
  [[nodiscard]] std::uint32_t timestamp(Time captured) const;
  void send_frame(Time captured, Time now, Link& link);
  void send_report(Time now, Link& link);

  Options options_;
  std::mt19937 random_;
  std::uint16_t sequence_;
  std::uint16_t rtx_sequence_ = 0;
  std::uint32_t timestamp_base_;
  Time next_capture_;
  Time next_report_;
  std::multimap<Time, Time> pending_;  // when to send, captured when
  std::map<std::uint16_t, Buffer> sent_;
  std::uint32_t number_ = 0;
  bool keyframe_ = true;
  unsigned keyframes_ = 0;
  bool paused_ = false;
  Duration report_offset_{};
  std::optional<Time> stalled_since_;
};

}  // namespace parley::forwarding::test
