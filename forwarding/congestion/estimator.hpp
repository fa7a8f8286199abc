// What the network towards one peer carries, from its transport-wide feedback.
#pragma once

#include <cstdint>
#include <optional>

#include "forwarding/bytes.hpp"
#include "forwarding/congestion/delay_trend.hpp"
#include "forwarding/congestion/inter_arrival.hpp"
#include "forwarding/congestion/loss_control.hpp"
#include "forwarding/congestion/probe.hpp"
#include "forwarding/congestion/rate_control.hpp"
#include "forwarding/congestion/rate_window.hpp"
#include "forwarding/congestion/send_history.hpp"
#include "support/time.hpp"

namespace parley::forwarding::congestion {

/// Google's congestion control for the sender (draft-ietf-rmcat-gcc-02), with probes upward. Pure;
/// per packet O(1), no allocation. Sends nothing itself: probing() asks for padding.
class Estimator {
 public:
  explicit Estimator(SendHistory& history, const Limits& limits = {});

  void on_feedback(Bytes fci, Duration rtt, Time now);
  /// What the peer says it can receive (REMB): never estimated higher.
  void set_ceiling(double bits_per_second) { ceiling_ = bits_per_second; }
  /// Every 10 ms. `wanted`: what all the media asked for would take; `can_pad`: there is a stream
  /// to probe with. Returns the bytes of padding to send now; end_tick() follows.
  std::size_t tick(double wanted, bool can_pad, Time now);
  void end_tick(Time now);

  [[nodiscard]] bool has_feedback() const { return last_feedback_.has_value(); }
  [[nodiscard]] double rate() const;
  /// The network itself said lately that this is what it carries: delays grew, or packets were
  /// lost.
  [[nodiscard]] bool congested(Time now) const;
  [[nodiscard]] double acked() const { return acked_.bits_per_second().value_or(0); }
  [[nodiscard]] double loss() const { return loss_.loss(); }
  [[nodiscard]] BandwidthUse use() const { return trend_.use(); }
  [[nodiscard]] bool probing() const { return probe_.has_value(); }

 private:
  void on_arrival(SentPacket& sent, Time arrived);
  void on_missing(SentPacket& sent);
  void finish_probe(std::int64_t told, Time now);
  void note_silence(Time now);

  SendHistory& history_;
  Limits limits_;
  InterArrival arrivals_;
  DelayTrend trend_;
  RateWindow acked_;
  RateWindow sent_;
  RateControl delay_;
  LossControl loss_;
  std::optional<double> ceiling_;
  std::optional<Probe> probe_;
  ProbePlan plan_;
  std::uint8_t probes_ = 0;
  std::optional<std::int32_t> reference_;  // of the last feedback, low 24 bits
  std::int64_t references_ = 0;            // the same, not wrapped
  std::optional<Time> last_feedback_;
  std::int64_t sent_at_feedback_ = 0;
  std::uint64_t bytes_seen_ = 0;
  Time disturbed_{};  // something spoke against probing
  Time decayed_{};
  Time lowered_{};
};

}  // namespace parley::forwarding::congestion
