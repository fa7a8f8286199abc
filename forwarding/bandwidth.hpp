// A subscriber's bandwidth: what there is, and which of its streams gets what of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "forwarding/bytes.hpp"
#include "forwarding/congestion/allocation.hpp"
#include "forwarding/congestion/estimator.hpp"
#include "forwarding/congestion/send_history.hpp"
#include "forwarding/egress.hpp"
#include "forwarding/rtt.hpp"
#include "forwarding/send_stream.hpp"
#include "forwarding/stats.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

/// By transport-wide feedback where it was negotiated, else by REMB, else unlimited. Costs next to
/// nothing until the first feedback. Part of a Peer; bound to its thread.
class Bandwidth {
 public:
  using Streams = std::vector<std::unique_ptr<SendStream>>;

  Bandwidth(Egress& egress, const RttEstimator& rtt);

  [[nodiscard]] congestion::SendHistory& history() { return history_; }
  /// An m-line negotiated the feedback: takes what memory that needs.
  void enable();
  void on_transport_feedback(Bytes fci, Time now);
  void on_remb(std::uint64_t bits_per_second);
  /// Every 10 ms: probes, and divides anew when it is time. `streams` grows at its end; what goes
  /// from it is told to forget().
  void tick(const Streams& streams, Time now);
  /// The stream at this place goes, and those behind it move up.
  void forget(std::size_t place);

  [[nodiscard]] std::optional<std::uint64_t> receive_capacity() const { return remb_; }
  [[nodiscard]] std::optional<BandwidthStats> stats() const;

 private:
  struct Slot {
    std::optional<Layer> granted;
    Time fell{};
    bool starved = false;  // the network once did not carry even its cheapest layer
  };

  [[nodiscard]] bool estimated() const { return estimator_ && estimator_->has_feedback(); }
  [[nodiscard]] std::optional<double> limit(Time now) const;
  void probe(const Streams& streams, Time now);
  void measure_sound(const Streams& streams, Time now);
  void divide(const Streams& streams, Time now);
  void apply(SendStream& stream, Slot& slot, const congestion::Claim& claim, Time now);

  Egress& egress_;
  const RttEstimator& rtt_;
  congestion::SendHistory history_;
  std::unique_ptr<congestion::Estimator> estimator_;
  std::optional<std::uint64_t> remb_;
  std::optional<Time> first_sent_;
  std::vector<Slot> slots_;  // by the place in the streams
  std::vector<congestion::Claim> claims_;
  Time next_division_{};
  double divided_ = 0;  // the rate of the last division
  congestion::Division division_;
  bool limited_ = false;  // a target was set
  double sound_ = 0;      // bits per second
  std::uint64_t sound_bytes_ = 0;
  Time sound_at_{};
};

}  // namespace parley::forwarding
