// When the numbered packets of a publisher came, told back to it so that it can estimate what the
// network carries.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "forwarding/congestion/transport_feedback.hpp"

namespace parley::forwarding::congestion {

/// Bounded; its memory is taken at construction, so there is one only where it was negotiated.
class ArrivalRecorder {
 public:
  /// Numbers within which packets are told of; two seconds of 6 Mbit/s.
  static constexpr std::size_t kWindow = 1024;
  /// Between two messages, such that they take no more than a twentieth of the bandwidth.
  static constexpr Duration kMinInterval = std::chrono::milliseconds(50);
  static constexpr Duration kMaxInterval = std::chrono::milliseconds(200);
  /// What write() needs at most.
  static constexpr std::size_t kMaxMessage = 1000;

  ArrivalRecorder();

  /// Every packet that carries a number, also padding and what nobody knows.
  void on_packet(std::uint16_t number, std::size_t bytes, Time now);
  [[nodiscard]] bool due(Time now) const {
    return started_ && next_ <= newest_ && now >= next_message_;
  }
  /// Writes a message about what was not told yet, without the SSRCs, and returns its size, a
  /// multiple of four. 0 when everything is told.
  std::size_t write(std::span<std::uint8_t, kMaxMessage> out);
  /// All messages of this time were written.
  void end(Time now);

 private:
  static constexpr ArrivalTicks kNever = -1;
  static constexpr std::size_t kMaxArrivals = 300;  // in a message

  [[nodiscard]] ArrivalTicks& at(std::int64_t number) const {
    return arrivals_[static_cast<std::uint64_t>(number) % kWindow];
  }
  void restart(std::int64_t number);

  std::unique_ptr<ArrivalTicks[]> arrivals_;
  bool started_ = false;
  std::int64_t newest_ = 0;
  std::int64_t next_ = 0;  // the first one not told
  std::uint8_t messages_ = 0;
  Time next_message_{};
  Time last_message_{};
  std::size_t bytes_ = 0;  // since the last message
};

}  // namespace parley::forwarding::congestion
