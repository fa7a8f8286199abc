// Where a publisher's payloads come from. Pure: time is an argument.
#pragma once

#include <cstdint>

#include "forwarding/bytes.hpp"
#include "support/time.hpp"

namespace parley::load {

/// One RTP payload as its packetization has it. Its end may be overwritten with a Mark where
/// `spare` says so.
struct Payload {
  forwarding::MutableBytes bytes;
  std::uint32_t timestamp = 0;  ///< from 0; in the codec's clock rate
  bool marker = false;
  bool spare = false;  ///< the last kMarkSize bytes mean nothing to a decoder
};

/// Takes the payloads of a source, in order.
class PayloadSink {
 public:
  virtual ~PayloadSink() = default;
  virtual void on_payload(const Payload& payload) = 0;
};

/// Bound to one thread.
class Source {
 public:
  virtual ~Source() = default;
  /// When the next payloads are due; before the first produce() this is when it starts.
  [[nodiscard]] virtual Time due() const = 0;
  /// Hands over what is due. After a long delay the schedule goes on from `now`; what was missed is
  /// not made up for.
  virtual void produce(Time now, PayloadSink& sink) = 0;
  virtual void request_keyframe() {}
};

/// The next time on a schedule of `interval`, without a burst after a standstill.
inline Time next_due(Time due, Duration interval, Time now) {
  constexpr Duration kStandstill = std::chrono::milliseconds(200);
  due += interval;
  return now - due > kStandstill ? now + interval : due;
}

}  // namespace parley::load
