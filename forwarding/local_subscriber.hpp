// A subscriber inside this process: it takes a track as RTP, with no network in between. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "forwarding/congestion/send_history.hpp"
#include "forwarding/egress.hpp"
#include "forwarding/send_stream.hpp"
#include "support/media.hpp"

namespace parley::forwarding {

/// Whatever payload types publishers use, a local subscriber gets each codec under one of its own.
/// Redundant audio is unpacked.
constexpr std::uint8_t local_payload_type(media::CodecName codec) {
  switch (codec) {
    case media::CodecName::Vp8:
      return 96;
    case media::CodecName::Vp9:
      return 98;
    case media::CodecName::H264:
      return 102;
    case media::CodecName::Av1:
      return 104;
    case media::CodecName::Opus:
    case media::CodecName::Red:
      break;
  }
  return 111;
}

/// The codec of local_payload_type().
constexpr std::optional<media::CodecName> local_codec(std::uint8_t payload_type) {
  for (const media::CodecName codec :
       {media::CodecName::Opus, media::CodecName::Vp8, media::CodecName::Vp9,
        media::CodecName::H264, media::CodecName::Av1})
    if (local_payload_type(codec) == payload_type) return codec;
  return std::nullopt;
}

/// A slot like that of any other subscriber, so its sequence numbers and timestamps go on over
/// changes of layer and of track, it begins with a keyframe, and the layer it takes counts as
/// taken. There is no RTCP: what is lost before it gets here stays lost, and no bandwidth limits
/// it. Bound to the thread of the tracks it is attached to.
class LocalSubscriber {
 public:
  /// `egress` is always ready and outlives this.
  LocalSubscriber(Egress& egress, media::Kind kind, std::uint32_t ssrc);

  /// Takes whatever codec the track has. The same track again: its codecs may have changed.
  void attach(Track& track, Time now);
  void detach() { stream_.detach(); }
  /// A rid; empty: the best there is.
  void set_max_layer(std::string rid, Time now) { stream_.set_max_layer(std::move(rid), now); }
  /// As a PLI would.
  void request_keyframe(Time now) { stream_.on_keyframe_request(now); }
  [[nodiscard]] SendStats stats() const { return stream_.stats(); }

 private:
  congestion::SendHistory history_;  // stays empty: nothing of this leaves the machine
  SendStream stream_;
};

}  // namespace parley::forwarding
