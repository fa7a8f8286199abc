#include "forwarding/frame_numbers.hpp"

namespace parley::forwarding {

void FrameNumbers::start(const MediaPacket& packet, bool same_source) {
  const PayloadDescriptor& descriptor = packet.descriptor;
  if (descriptor.picture_id && same_source) pictures_.start(packet.picture);
  if (descriptor.picture_id && !same_source) pictures_.start_source(packet.picture);
  tl0_pictures_.start(descriptor.tl0_picture);
  key_indices_.start(descriptor.key_index);
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

}  // namespace parley::forwarding
