// Which m-line and stream does a packet belong to? (RFC 9143 9.2, RFC 8852, RFC 4588, RFC 5576)
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "forwarding/rtp_packet.hpp"
#include "support/media.hpp"

namespace parley::forwarding {

/// What the description says of an SSRC not seen before.
struct Binding {
  std::size_t line = 0;   ///< index into the lines given
  std::size_t layer = 0;  ///< place of its rid, 0 without simulcast
  bool repair = false;    ///< RTX of a primary stream of that layer
};

/// Looks, in this order, for an announced SSRC or FID pair, the MID extension (with rid or
/// repaired-rid), and a payload type that only one m-line has. Nothing when none of them tells.
[[nodiscard]] std::optional<Binding> bind(const RtpPacket& packet,
                                          const std::vector<const media::Receive*>& lines);

}  // namespace parley::forwarding
