#include "forwarding/frame_numbers.hpp"

#include <algorithm>

#include "forwarding/sequence.hpp"

namespace parley::forwarding {

void FrameNumbers::start(const MediaPacket& packet, bool same_source) {
  const PayloadDescriptor& descriptor = packet.descriptor;
  if (descriptor.picture_id && same_source) pictures_.start(packet.picture);
  if (descriptor.picture_id && !same_source) pictures_.start_source(packet.picture);
  tl0_pictures_.start(descriptor.tl0_picture);
  key_indices_.start(descriptor.key_index);
  if (!packet.dependencies) return;
  frame_shift_ = static_cast<std::uint16_t>(newest_frame_ + 1 - packet.dependencies->frame_number);
  if (!same_source && packet.structure != nullptr)
    template_shift_ = static_cast<std::uint8_t>(templates_end_ - packet.structure->template_offset);
}

void FrameNumbers::skip(const MediaPacket& packet) {
  if (packet.codec == media::CodecName::Vp8 && packet.descriptor.picture_id)
    (void)pictures_.skip(packet.picture);  // what came too late for it leaves a gap
}

void FrameNumbers::rewrite(const MediaPacket& packet, MutableBytes payload) {
  const PayloadDescriptor& descriptor = packet.descriptor;
  if (descriptor.picture_id) {
    auto picture = pictures_.map(packet.picture);
    if (!picture) {  // an encoder that counts anew
      pictures_.start_source(packet.picture);
      picture = pictures_.map(packet.picture);
    }
    write_field(payload, descriptor.picture_id, *picture);
  }
  if (descriptor.tl0_picture)
    write_field(payload, descriptor.tl0_picture, tl0_pictures_.map(descriptor.tl0_picture));
  if (descriptor.key_index)
    write_field(payload, descriptor.key_index, key_indices_.map(descriptor.key_index));
}

Bytes FrameNumbers::rewrite_dependencies(const MediaPacket& packet,
                                         std::optional<std::uint32_t> active, MutableBytes out) {
  const Bytes read = packet.extensions.get(media::Extension::DependencyDescriptor);
  MutableBytes descriptor;
  if (active && packet.structure != nullptr)
    descriptor = write_active_targets(out, read, *packet.dependencies,
                                      packet.structure->target_count, *active);
  if (descriptor.empty()) {
    descriptor = out.first(read.size());
    std::copy(read.begin(), read.end(), descriptor.begin());
  }
  renumber(descriptor, frame_shift_, template_shift_);
  const auto frame = static_cast<std::uint16_t>(packet.dependencies->frame_number + frame_shift_);
  if (!is_after(frame, newest_frame_)) return descriptor;
  newest_frame_ = frame;
  if (packet.dependencies->has_structure && packet.structure != nullptr)
    templates_end_ = static_cast<std::uint8_t>(packet.structure->template_offset + template_shift_ +
                                               packet.structure->template_count);
  return descriptor;
}

}  // namespace parley::forwarding
