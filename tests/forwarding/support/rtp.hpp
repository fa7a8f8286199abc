// RTP packets as tests make and read them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "forwarding/rtp_packet.hpp"
#include "support/media.hpp"

namespace parley::forwarding::test {

using Buffer = std::vector<std::uint8_t>;

inline constexpr std::uint8_t kOpus = 111;
inline constexpr std::uint8_t kVp8 = 96;
inline constexpr std::uint8_t kVp8Rtx = 97;
inline constexpr std::uint8_t kH264 = 102;
inline constexpr std::uint8_t kH264Rtx = 103;

struct Element {
  std::uint8_t id = 0;
  Buffer value;
};

/// What a packet is made of; to_bytes() writes it.
struct Rtp {
  std::uint8_t payload_type = kOpus;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  bool marker = false;
  std::vector<Element> extensions = {};
  Buffer payload = {1, 2, 3};
  std::uint8_t padding = 0;

  [[nodiscard]] Buffer to_bytes() const;
};

/// The first bytes of a VP8 frame (RFC 7741), followed by `fill`.
Buffer vp8_payload(bool keyframe, std::size_t size = 20, std::uint8_t fill = 0);

/// The RTX packet that repairs `original` (RFC 4588).
Buffer to_rtx(const Buffer& original, std::uint32_t ssrc, std::uint8_t payload_type,
              std::uint16_t sequence);

media::Codec opus(std::uint8_t payload_type = kOpus);
media::Codec vp8(std::uint8_t payload_type = kVp8, std::uint8_t rtx = kVp8Rtx);
media::Codec h264(std::uint8_t payload_type = kH264, std::uint8_t rtx = kH264Rtx,
                  std::string_view fmtp = "packetization-mode=1;profile-level-id=42e01f");

media::Receive receive_line(std::string_view mid, const media::Codec& codec, std::uint32_t ssrc,
                            std::uint32_t rtx_ssrc = 0);
media::Send send_line(std::string_view mid, const media::Codec& codec, std::uint32_t ssrc,
                      std::uint32_t rtx_ssrc = 0);

}  // namespace parley::forwarding::test
