// What a datagram on a shared port is, told by its first bytes (RFC 7983, RFC 5761 section 4).
#pragma once

#include <cstdint>
#include <span>

namespace parley::transport {

enum class Protocol : std::uint8_t { Unknown, Stun, Dtls, Rtp, Rtcp };

inline Protocol classify(std::span<const std::uint8_t> datagram) {
  if (datagram.size() < 2) return Protocol::Unknown;
  const std::uint8_t first = datagram[0];
  if (first < 4) return Protocol::Stun;
  if (first >= 20 && first < 64) return Protocol::Dtls;
  if (first < 128 || first >= 192) return Protocol::Unknown;
  return datagram[1] >= 192 && datagram[1] < 224 ? Protocol::Rtcp : Protocol::Rtp;
}

}  // namespace parley::transport
