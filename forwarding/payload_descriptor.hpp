// What the head of a video payload tells of its frame: whether a decoder can start with it, which
// layer it is, and the fields that count frames. VP8 (RFC 7741 4.2, 4.3), VP9 (RFC 9628 4.2), H.264
// (RFC 6184 5), AV1 (its RTP specification 4.4).
#pragma once

#include <cstdint>

#include "forwarding/bytes.hpp"
#include "support/media.hpp"

namespace parley::forwarding {

/// A number in the payload that goes up frame by frame.
struct DescriptorField {
  std::uint8_t at = 0;    ///< offset in the payload; never 0 where the field is there
  std::uint8_t bits = 0;  ///< its width, to the right of its first byte or two; 0: not there
  std::uint16_t value = 0;

  [[nodiscard]] explicit operator bool() const { return bits != 0; }
};

/// All zero where a codec does not tell.
struct PayloadDescriptor {
  /// The first packet of a keyframe, at its lowest spatial layer. H.264: an SPS or IDR slice, also
  /// inside STAP-A or at the head of FU-A; AV1: the N bit. Always true for audio.
  bool starts_keyframe = false;
  bool begins_frame = false;
  bool ends_frame = false;  ///< of this spatial layer; the marker bit ends the whole picture
  std::uint8_t spatial = 0;
  std::uint8_t temporal = 0;
  /// VP8's Y: predicted from the lowest temporal layer alone. VP9's U: what comes after it is
  /// predicted from nothing before it that is of a higher temporal layer.
  bool switching_point = false;
  DescriptorField picture_id;
  DescriptorField tl0_picture;  ///< TL0PICIDX: counts pictures of the lowest temporal layer
  DescriptorField key_index;    ///< VP8's KEYIDX
};

[[nodiscard]] PayloadDescriptor read_descriptor(media::CodecName codec, Bytes payload);

/// Writes `value` into the place of `field`, as many bits of it as fit.
void write_field(MutableBytes payload, const DescriptorField& field, std::uint64_t value);

}  // namespace parley::forwarding
