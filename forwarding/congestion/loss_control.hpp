// The rate that loss allows (draft-ietf-rmcat-gcc-02 6), told apart from loss that sending less
// does not cure.
#pragma once

#include <cstdint>
#include <optional>

#include "support/time.hpp"

namespace parley::forwarding::congestion {

/// A cap: none until loss calls for one, and none again once it no longer binds.
class LossControl {
 public:
  struct Input {
    double rate = 0;              ///< what the delays allow
    std::optional<double> acked;  ///< what comes through
    /// Packets wait on the way. Without that, loss comes from the radio or from elsewhere, and
    /// twice as much of it is borne before less is sent.
    bool queueing = false;
    double min = 0;
  };

  void on_packet(bool lost) {
    ++packets_;
    lost_ += lost ? 1 : 0;
  }
  /// A packet counted as lost came after all.
  void on_late() { lost_ -= lost_ > 0 ? 1 : 0; }
  void update(const Input& input, Time now);
  [[nodiscard]] std::optional<double> cap() const { return cap_; }
  /// Of the packets of the last interval, 0 to 1.
  [[nodiscard]] double loss() const { return loss_; }
  void raise(double rate) {
    if (cap_ && *cap_ < rate) cap_ = rate;
  }

 private:
  std::uint32_t packets_ = 0;
  std::uint32_t lost_ = 0;
  bool queueing_ = false;
  double loss_ = 0;
  std::optional<Time> since_;
  std::optional<double> cap_;
};

}  // namespace parley::forwarding::congestion
