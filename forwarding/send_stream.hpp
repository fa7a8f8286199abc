// One outgoing m-line of a subscriber: a slot that carries one track after another.
#pragma once

#include <cstdint>

#include "forwarding/track.hpp"
#include "support/media.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

/// Why a track does not flow to a subscriber, where it does not.
enum class SendState : std::uint8_t {
  Empty,             ///< no track attached
  Waiting,           ///< attached, waiting for the egress or for a keyframe
  Flowing,
  Paused,
  CodecUnsupported,  ///< the subscriber did not negotiate the track's codec
};

/// SSRC, sequence numbers and timestamps are continuous over all tracks it ever carries, so that
/// the receiver never notices a change of source (webrtcbin-fact: a new SSRC would need an offer).
/// Owned by its Peer; bound to the shard's thread.
class SendStream {
 public:
  virtual ~SendStream() = default;
  /// Starts to carry `track` from its next keyframe on, and asks for that keyframe.
  virtual void attach(Track& track, Time now) = 0;
  virtual void detach() = 0;
  virtual void set_paused(bool paused, Time now) = 0;
  [[nodiscard]] virtual SendState state() const = 0;
  [[nodiscard]] virtual const media::Send& description() const = 0;
};

}  // namespace parley::forwarding
