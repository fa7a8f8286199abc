#include "forwarding/payload_descriptor.hpp"

#include <optional>

namespace parley::forwarding {
namespace {

// Takes bytes from the front; after one that is not there everything reads as 0.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : bytes_(bytes) {}

  std::uint8_t byte() {
    if (at_ < bytes_.size()) return bytes_[at_++];
    failed_ = true;
    return 0;
  }
  [[nodiscard]] std::uint8_t at() const { return static_cast<std::uint8_t>(at_); }
  [[nodiscard]] bool failed() const { return failed_; }
  /// Seven bits, or fifteen where the first is set; VP8 and VP9 write it alike.
  DescriptorField picture_id() {
    DescriptorField field{at(), 7, 0};
    field.value = byte();
    if ((field.value & 0x80) != 0) {
      field.bits = 15;
      field.value = static_cast<std::uint16_t>((field.value & 0x7f) << 8 | byte());
    }
    return field;
  }
  DescriptorField whole_byte() {
    const std::uint8_t place = at();
    return {place, 8, byte()};
  }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

PayloadDescriptor read_vp8(Bytes payload) {
  Cursor cursor(payload);
  PayloadDescriptor read;
  const std::uint8_t first = cursor.byte();  // X R N S R PID
  if ((first & 0x80) != 0) {
    const std::uint8_t flags = cursor.byte();  // I L T K
    if ((flags & 0x80) != 0) read.picture_id = cursor.picture_id();
    if ((flags & 0x40) != 0) read.tl0_picture = cursor.whole_byte();
    if ((flags & 0x30) != 0) {
      const DescriptorField byte = cursor.whole_byte();  // TID TID Y KEYIDX
      if ((flags & 0x20) != 0) {
        read.temporal = static_cast<std::uint8_t>(byte.value >> 6);
        read.switching_point = (byte.value & 0x20) != 0;
      }
      if ((flags & 0x10) != 0)
        read.key_index = {byte.at, 5, static_cast<std::uint16_t>(byte.value & 0x1f)};
    }
  }
  // The frame begins where S is set in partition 0; then its header follows.
  read.begins_frame = (first & 0x17) == 0x10;
  const std::uint8_t header = cursor.byte();
  if (cursor.failed()) return {};
  read.starts_keyframe = read.begins_frame && (header & 0x01) == 0;  // P, inverse key frame flag
  return read;
}

PayloadDescriptor read_vp9(Bytes payload) {
  Cursor cursor(payload);
  PayloadDescriptor read;
  const std::uint8_t first = cursor.byte();  // I P L F B E V Z
  const bool predicted = (first & 0x40) != 0;
  read.begins_frame = (first & 0x08) != 0;
  read.ends_frame = (first & 0x04) != 0;
  if ((first & 0x80) != 0) read.picture_id = cursor.picture_id();
  if ((first & 0x20) != 0) {
    const std::uint8_t layer = cursor.byte();  // TID U SID D
    read.temporal = static_cast<std::uint8_t>(layer >> 5);
    read.switching_point = (layer & 0x10) != 0;
    read.spatial = static_cast<std::uint8_t>(layer >> 1 & 0x07);
    if ((first & 0x10) == 0) read.tl0_picture = cursor.whole_byte();  // not in flexible mode
  }
  if (cursor.failed()) return {};
  read.starts_keyframe = read.begins_frame && !predicted && read.spatial == 0;
  return read;
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

PayloadDescriptor keyframe_only(bool starts_keyframe) {
  PayloadDescriptor read;
  read.starts_keyframe = starts_keyframe;
  return read;
}

}  // namespace

PayloadDescriptor read_descriptor(media::CodecName codec, Bytes payload) {
  switch (codec) {
    case media::CodecName::Opus:
    case media::CodecName::Red:
      return keyframe_only(true);
    case media::CodecName::Vp8:
      return read_vp8(payload);
    case media::CodecName::Vp9:
      return read_vp9(payload);
    case media::CodecName::H264:
      return keyframe_only(h264_keyframe(payload));
    case media::CodecName::Av1:
      return keyframe_only(av1_keyframe(payload));
  }
  return {};
}

void write_field(MutableBytes payload, const DescriptorField& field, std::uint64_t value) {
  if (!field) return;
  if (field.bits > 8)
    write_u16(payload, field.at,
              static_cast<std::uint16_t>((read_u16(payload, field.at) >> field.bits << field.bits) |
                                         (value & ((1U << field.bits) - 1))));
  else
    payload[field.at] = static_cast<std::uint8_t>((payload[field.at] >> field.bits << field.bits) |
                                                  (value & ((1U << field.bits) - 1)));
}

}  // namespace parley::forwarding
