#include "forwarding/rtp_packet.hpp"

namespace parley::forwarding {
namespace {

constexpr std::uint16_t kOneByteProfile = 0xbede;
constexpr std::uint16_t kTwoByteProfile = 0x1000;  // the low four bits are "appbits"

struct Element {
  std::uint8_t id = 0;
  Bytes value;
};

// Walks the elements of RFC 8285 4.2 (one-byte) or 4.3 (two-byte).
class Elements {
 public:
  explicit Elements(const RtpPacket& packet)
      : rest_(packet.extensions),
        one_byte_(packet.extension_profile == kOneByteProfile),
        known_(one_byte_ || (packet.extension_profile & 0xfff0) == kTwoByteProfile) {}

  std::optional<Element> next() {
    while (known_ && !rest_.empty() && rest_[0] == 0) rest_ = rest_.subspan(1);  // padding
    const std::size_t header = one_byte_ ? 1 : 2;
    if (!known_ || rest_.size() < header) return std::nullopt;
    const auto id = static_cast<std::uint8_t>(one_byte_ ? rest_[0] >> 4 : rest_[0]);
    const std::size_t size = one_byte_ ? (rest_[0] & 0x0f) + 1U : rest_[1];
    if (one_byte_ && id == 15) return std::nullopt;  // 4.2: stop here
    if (rest_.size() < header + size) return std::nullopt;
    Element element{id, rest_.subspan(header, size)};
    rest_ = rest_.subspan(header + size);
    return element;
  }

 private:
  Bytes rest_;
  bool one_byte_;
  bool known_;
};

}  // namespace

std::optional<RtpPacket> RtpPacket::parse(Bytes bytes) {
  if (bytes.size() < kRtpHeader || bytes[0] >> 6 != 2) return std::nullopt;
  const bool padded = (bytes[0] & 0x20) != 0;
  const bool extended = (bytes[0] & 0x10) != 0;

  RtpPacket packet;
  packet.marker = (bytes[1] & 0x80) != 0;
  packet.payload_type = bytes[1] & 0x7f;
  packet.sequence = read_u16(bytes, 2);
  packet.timestamp = read_u32(bytes, 4);
  packet.ssrc = read_u32(bytes, 8);
  packet.header_size = kRtpHeader + 4U * (bytes[0] & 0x0f);
  if (extended) {
    if (bytes.size() < packet.header_size + 4) return std::nullopt;
    packet.extension_profile = read_u16(bytes, packet.header_size);
    const std::size_t size = 4U * read_u16(bytes, packet.header_size + 2);
    packet.header_size += 4;
    if (bytes.size() < packet.header_size + size) return std::nullopt;
    packet.extensions = bytes.subspan(packet.header_size, size);
    packet.header_size += size;
  }
  if (bytes.size() < packet.header_size) return std::nullopt;

  std::size_t payload_size = bytes.size() - packet.header_size;
  if (padded) {
    const std::size_t padding = bytes.back();
    if (padding == 0 || padding > payload_size) return std::nullopt;
    payload_size -= padding;
  }
  packet.payload = bytes.subspan(packet.header_size, payload_size);
  return packet;
}

Bytes find_extension(const RtpPacket& packet, std::uint8_t id) {
  Elements elements(packet);
  while (const auto element = elements.next())
    if (element->id == id) return element->value;
  return {};
}

ExtensionValues::ExtensionValues(const RtpPacket& packet, const media::ExtensionMap& map) {
  Elements elements(packet);
  while (const auto element = elements.next()) {
    if (const auto extension = map.find(element->id))
      values_[static_cast<std::size_t>(*extension)] = element->value;
  }
}

}  // namespace parley::forwarding
