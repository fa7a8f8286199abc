// What a publisher is told about the arrival of its packets, where it asked for that.
#pragma once

#include <cstdint>
#include <optional>

#include "forwarding/bytes.hpp"
#include "forwarding/compound.hpp"
#include "forwarding/congestion/arrival_recorder.hpp"
#include "support/media.hpp"
#include "support/time.hpp"

namespace parley::forwarding::congestion {

/// Bound to its Peer's thread; costs nothing until an m-line negotiated the feedback.
class FeedbackSource {
 public:
  /// The extension has one id on all m-lines of a transport (RFC 9143 9.1).
  void set_line(const media::Receive& line);
  /// Every packet that came, before anything else looks at it.
  void on_packet(Bytes packet, Time now);
  void tick(Compound& compound, Time now);

 private:
  std::uint8_t extension_ = 0;
  std::uint32_t media_ssrc_ = 0;  // of the packet seen last
  std::optional<ArrivalRecorder> recorder_;
};

}  // namespace parley::forwarding::congestion
