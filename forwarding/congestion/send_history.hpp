// The packets sent to one peer lately, by their transport-wide number
// (draft-holmer-rmcat-transport-wide-cc-extensions-01 2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "support/time.hpp"

namespace parley::forwarding::congestion {

struct SentPacket {
  enum class Fate : std::uint8_t { Unknown, Missing, Arrived };

  Time at{};
  std::uint32_t bytes = 0;  ///< as the network sees them
  std::uint8_t probe = 0;   ///< the probe it went out with; 0: none
  std::uint8_t step = 0;    ///< of the probe
  Fate fate = Fate::Unknown;
};

/// Bounded in number; its memory is taken by enable(), once per peer that gives feedback.
class SendHistory {
 public:
  /// A second of 20 Mbit/s.
  static constexpr std::size_t kPackets = 2048;

  void enable() {
    if (!packets_) packets_ = std::make_unique<SentPacket[]>(kPackets);
  }
  [[nodiscard]] bool enabled() const { return packets_ != nullptr; }
  /// The number for the next packet; it is taken by on_sent().
  [[nodiscard]] std::uint16_t next_sequence() const { return static_cast<std::uint16_t>(next_); }
  void on_sent(std::size_t bytes, Time now) {
    packets_[index(next_++)] = {now, static_cast<std::uint32_t>(bytes), probe_, step_, {}};
    bytes_ += bytes;
  }
  /// What is sent from now on belongs to this part of this probe.
  void mark(std::uint8_t probe, std::uint8_t step) {
    probe_ = probe;
    step_ = step;
  }

  /// One above the newest number, not wrapped.
  [[nodiscard]] std::int64_t end() const { return next_; }
  /// Null when it was not sent yet or lies too far back.
  [[nodiscard]] SentPacket* find(std::int64_t sequence) {
    const bool known = sequence >= 0 && sequence < next_ &&
                       next_ - sequence <= static_cast<std::int64_t>(kPackets);
    return known ? &packets_[index(sequence)] : nullptr;
  }
  /// Of all packets so far.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  static std::size_t index(std::int64_t sequence) {
    return static_cast<std::uint64_t>(sequence) % kPackets;
  }

  std::unique_ptr<SentPacket[]> packets_;
  std::int64_t next_ = 1;
  std::uint64_t bytes_ = 0;
  std::uint8_t probe_ = 0;
  std::uint8_t step_ = 0;
};

}  // namespace parley::forwarding::congestion
