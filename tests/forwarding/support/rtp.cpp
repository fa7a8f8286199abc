#include "tests/forwarding/support/rtp.hpp"

#include "forwarding/rtp_writer.hpp"

namespace parley::forwarding::test {

Buffer Rtp::to_bytes() const {
  ExtensionList list;
  for (const Element& element : extensions) list.add(element.id, element.value);
  Buffer bytes(2000);
  const RtpHeader header{marker, payload_type, sequence, timestamp, ssrc};
  bytes.resize(write_rtp(bytes, header, list, {}, payload));
  if (padding > 0) {
    bytes[0] |= 0x20;
    bytes.resize(bytes.size() + padding);
    bytes.back() = padding;
  }
  return bytes;
}

Buffer vp8_payload(bool keyframe, std::size_t size, std::uint8_t fill) {
  Buffer payload(size, fill);
  payload.at(0) = 0x10;
  payload.at(1) = keyframe ? 0x00 : 0x01;
  return payload;
}

Buffer to_rtx(const Buffer& original, std::uint32_t ssrc, std::uint8_t payload_type,
              std::uint16_t sequence) {
  const auto packet = RtpPacket::parse(original).value();
  Buffer bytes = original;
  const Buffer original_sequence(original.begin() + 2, original.begin() + 4);
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(packet.header_size),
               original_sequence.begin(), original_sequence.end());
  bytes[1] = static_cast<std::uint8_t>((bytes[1] & 0x80) | payload_type);
  write_u16(bytes, 2, sequence);
  write_u32(bytes, 8, ssrc);
  return bytes;
}

media::Codec opus(std::uint8_t payload_type) {
  return {media::CodecName::Opus, payload_type, std::nullopt, 48000, 2, ""};
}
media::Codec vp8(std::uint8_t payload_type, std::uint8_t rtx) {
  return {media::CodecName::Vp8, payload_type, rtx, 90000, 0, ""};
}
media::Codec h264(std::uint8_t payload_type, std::uint8_t rtx, std::string_view fmtp) {
  return {media::CodecName::H264, payload_type, rtx, 90000, 0, std::string(fmtp)};
}

namespace {

media::Kind kind_of(const media::Codec& codec) {
  return codec.clock_rate == 48000 ? media::Kind::Audio : media::Kind::Video;
}

media::ExtensionMap extensions(bool publisher) {
  media::ExtensionMap map;
  using media::Extension;
  // Different on both ways, so that a test sees ids being translated.
  map.set(Extension::Mid, publisher ? 4 : 9);
  map.set(Extension::AudioLevel, publisher ? 1 : 10);
  map.set(Extension::AbsSendTime, publisher ? 2 : 11);
  map.set(Extension::VideoOrientation, publisher ? 5 : 12);
  map.set(Extension::Rid, publisher ? 6 : 0);
  map.set(Extension::RepairedRid, publisher ? 7 : 0);
  map.set(Extension::DependencyDescriptor, publisher ? 8 : 13);
  return map;
}

}  // namespace

media::Receive receive_line(std::string_view mid, const media::Codec& codec, std::uint32_t ssrc,
                            std::uint32_t rtx_ssrc) {
  media::Receive line;
  line.mid = mid;
  line.kind = kind_of(codec);
  line.codecs = {codec};
  line.extensions = extensions(true);
  if (ssrc != 0) line.ssrcs = {ssrc};
  if (rtx_ssrc != 0) line.rtx = {{ssrc, rtx_ssrc}};
  line.remb = line.kind == media::Kind::Video;
  return line;
}

media::Send send_line(std::string_view mid, const media::Codec& codec, std::uint32_t ssrc,
                      std::uint32_t rtx_ssrc) {
  media::Send line;
  line.mid = mid;
  line.kind = kind_of(codec);
  line.codecs = {codec};
  line.extensions = extensions(false);
  line.ssrc = ssrc;
  line.rtx_ssrc = rtx_ssrc;
  line.cname = "cname";
  line.nack = line.kind == media::Kind::Video;
  return line;
}

}  // namespace parley::forwarding::test
