// Tells from a payload whether a decoder can start with it.
#pragma once

#include "forwarding/bytes.hpp"
#include "support/media.hpp"

namespace parley::forwarding {

/// True for the first packet of a keyframe: VP8 (RFC 7741 4.2, 4.3), VP9 (RFC 9628 4.2), H.264
/// (RFC 6184 5: an SPS or IDR slice, also inside STAP-A or at the head of FU-A), AV1 (its RTP
/// specification 4.4: the N bit). Always true for audio.
[[nodiscard]] bool starts_keyframe(media::CodecName codec, Bytes payload);

}  // namespace parley::forwarding
