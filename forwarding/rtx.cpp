#include "forwarding/rtx.hpp"

#include <cstring>

namespace parley::forwarding {

MutableBytes restore_rtx(MutableBytes bytes, const RtpPacket& packet, std::uint32_t ssrc,
                         std::uint8_t payload_type) {
  constexpr std::size_t kOriginalSequence = 2;
  if (packet.payload.size() <= kOriginalSequence) return {};
  const std::uint16_t sequence = read_u16(packet.payload, 0);
  std::memmove(bytes.data() + kOriginalSequence, bytes.data(), packet.header_size);
  const MutableBytes restored = bytes.subspan(kOriginalSequence);
  restored[1] = static_cast<std::uint8_t>((restored[1] & 0x80) | payload_type);
  write_u16(restored, 2, sequence);
  write_u32(restored, 8, ssrc);
  return restored;
}

}  // namespace parley::forwarding
