// A view of one RTP packet (RFC 3550 5.1) and of its header extensions (RFC 8285).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "forwarding/bytes.hpp"
#include "support/media.hpp"

namespace parley::forwarding {

inline constexpr std::size_t kRtpHeader = 12;

/// Refers to the bytes it was read from and owns nothing.
struct RtpPacket {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::size_t header_size = 0;          ///< with CSRCs and extensions
  std::uint16_t extension_profile = 0;  ///< 0 without extensions
  Bytes extensions;  ///< the elements, after the four bytes of profile and length
  Bytes payload;     ///< without padding; empty in a packet of padding only

  /// Nothing when the bytes are no RTP packet or a length in it does not hold.
  static std::optional<RtpPacket> parse(Bytes bytes);
};

/// The value of the extension with this id; empty when it is absent.
[[nodiscard]] Bytes find_extension(const RtpPacket& packet, std::uint8_t id);

/// The values of a packet's extensions that `map` knows; empty spans for those that are absent.
class ExtensionValues {
 public:
  ExtensionValues() = default;
  /// Stops at the first element that does not fit its header; what came before counts.
  ExtensionValues(const RtpPacket& packet, const media::ExtensionMap& map);

  [[nodiscard]] Bytes get(media::Extension e) const { return values_[static_cast<std::size_t>(e)]; }

 private:
  std::array<Bytes, static_cast<std::size_t>(media::Extension::kCount)> values_;
};

}  // namespace parley::forwarding
