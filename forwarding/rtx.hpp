// Retransmission packets back to what they repair (RFC 4588).
#pragma once

#include <cstdint>

#include "forwarding/bytes.hpp"
#include "forwarding/rtp_packet.hpp"

namespace parley::forwarding {

/// Turns an RTX packet into the original, in place: the header moves over the original sequence
/// number (section 4), so the result starts two bytes later. Empty when nothing is in it, as in the
/// padding that senders probe with. `packet` must be what parse() read from `bytes`.
[[nodiscard]] MutableBytes restore_rtx(MutableBytes bytes, const RtpPacket& packet,
                                       std::uint32_t ssrc, std::uint8_t payload_type);

}  // namespace parley::forwarding
