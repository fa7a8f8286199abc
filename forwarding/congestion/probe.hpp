// Sending more than the media for a moment, to find out whether it passes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "forwarding/congestion/send_history.hpp"
#include "support/time.hpp"

namespace parley::forwarding::congestion {

/// A probe: for a few ticks all that is sent, media included, is filled up to a rate. What is sent
/// from one tick to the next is one step of it, and leaves in one burst or less; only the time from
/// step to step counts.
class Probe {
 public:
  static constexpr std::size_t kMaxSteps = 16;

  Probe(std::uint8_t id, double rate, const SendHistory& history, Time now);

  [[nodiscard]] std::uint8_t id() const { return id_; }
  [[nodiscard]] double rate() const { return rate_; }
  /// What is to be sent now beyond the media; call each tick while sending(), then end_step().
  [[nodiscard]] std::size_t due(const SendHistory& history, Time now) const;
  void end_step(SendHistory& history, Time now);
  [[nodiscard]] bool sending() const { return step_ < steps_; }
  [[nodiscard]] Time ended() const { return ended_; }
  /// The number of its last packet and one; known once it is not sending() any more.
  [[nodiscard]] std::int64_t end() const { return end_; }

  void on_packet(const SentPacket& packet, std::optional<Time> arrived);
  /// The rate that passed. None when too little of it came.
  [[nodiscard]] std::optional<double> result() const;

 private:
  struct Step {
    std::size_t bytes = 0;
    Time sent{};
    Time arrived{};
  };

  std::uint8_t id_;
  double rate_;
  std::uint8_t steps_;
  std::uint8_t step_ = 0;
  Time began_;
  Time ended_{};
  std::uint64_t bytes_before_;
  std::int64_t end_ = 0;
  std::array<Step, kMaxSteps> results_{};
  unsigned packets_ = 0;
  unsigned arrived_ = 0;
};

/// When to probe, and how far.
class ProbePlan {
 public:
  struct Wish {
    double wanted = 0;  ///< what all that is asked for would take
    double estimate = 0;
    bool calm = false;  ///< nothing speaks against it just now
  };

  /// The rate to probe with now, if it is time.
  [[nodiscard]] std::optional<double> due(const Wish& wish, Time now) const;
  void on_result(bool passed, Time now);

 private:
  Time next_{};
  Duration backoff_ = kFirstBackoff;
  bool first_ = true;
  static constexpr Duration kFirstBackoff = std::chrono::seconds(2);
};

}  // namespace parley::forwarding::congestion
