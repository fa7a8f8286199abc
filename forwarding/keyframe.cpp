#include "forwarding/keyframe.hpp"

namespace parley::forwarding {
namespace {

bool vp8_keyframe(Bytes payload) {
  // X R N S R PID: the frame begins here when S is set in partition 0.
  if (payload.empty() || (payload[0] & 0x17) != 0x10) return false;
  std::size_t at = 1;
  if ((payload[0] & 0x80) != 0) {
    if (payload.size() < 2) return false;
    const std::uint8_t flags = payload[1];  // I L T K
    at = 2;
    if ((flags & 0x80) != 0) {
      if (payload.size() <= at) return false;
      at += (payload[at] & 0x80) != 0 ? 2 : 1;  // M: 15 bits of picture id
    }
    if ((flags & 0x40) != 0) ++at;
    if ((flags & 0x30) != 0) ++at;
  }
  return payload.size() > at && (payload[at] & 0x01) == 0;  // P, inverse key frame flag
}

bool vp9_keyframe(Bytes payload) {
  // I P L F B E V Z: B begins a frame, P says it is predicted from an earlier picture.
  if (payload.empty() || (payload[0] & 0x48) != 0x08) return false;
  if ((payload[0] & 0x20) == 0) return true;
  std::size_t at = 1;
  if ((payload[0] & 0x80) != 0) {
    if (payload.size() <= at) return false;
    at += (payload[at] & 0x80) != 0 ? 2 : 1;
  }
  return payload.size() > at && (payload[at] & 0x0e) == 0;  // TID U SID D: the base spatial layer
}

constexpr bool h264_starts(std::uint8_t nal_header) {
  const int type = nal_header & 0x1f;
  return type == 5 || type == 7;
}

bool h264_keyframe(Bytes payload) {
  constexpr int kStapA = 24;
  constexpr int kFuA = 28;
  if (payload.empty()) return false;
  const int type = payload[0] & 0x1f;
  if (type == kFuA)
    return payload.size() > 1 && (payload[1] & 0x80) != 0 && h264_starts(payload[1]);
  if (type != kStapA) return h264_starts(payload[0]);
  for (std::size_t at = 1; at + 2 < payload.size();) {
    if (h264_starts(payload[at + 2])) return true;
    at += 2U + read_u16(payload, at);
  }
  return false;
}

bool av1_keyframe(Bytes payload) {
  // Z Y W W N: N begins a coded video sequence, Z would go on with the packet before.
  return !payload.empty() && (payload[0] & 0x88) == 0x08;
}

}  // namespace

bool starts_keyframe(media::CodecName codec, Bytes payload) {
  switch (codec) {
    case media::CodecName::Opus:
    case media::CodecName::Red:
      return true;
    case media::CodecName::Vp8:
      return vp8_keyframe(payload);
    case media::CodecName::Vp9:
      return vp9_keyframe(payload);
    case media::CodecName::H264:
      return h264_keyframe(payload);
    case media::CodecName::Av1:
      return av1_keyframe(payload);
  }
  return false;
}

}  // namespace parley::forwarding
