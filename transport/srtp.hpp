// SRTP and SRTCP under one key (RFC 3711, SRTP_AES128_CM_HMAC_SHA1_80 of RFC 5764).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace parley::transport {

/// Keying material as the DTLS elements give it: 16 bytes of master key, 14 of master salt.
using SrtpKey = std::array<std::uint8_t, 30>;

inline constexpr std::size_t kSrtpTag = 10;
/// What protecting adds: tag for RTP, index and tag for RTCP.
inline constexpr std::size_t kSrtpOverhead = kSrtpTag;
inline constexpr std::size_t kSrtcpOverhead = 4 + kSrtpTag;

/// Allocates for the first packet of a source only. Bound to one thread.
class SrtpSender {
 public:
  virtual ~SrtpSender() = default;
  /// Writes the protected packet into `out`, which has room for kSrtpOverhead bytes more than
  /// `packet` and does not overlap it. Returns its size; 0 when `packet` is no RTP, or so old that
  /// its index may have been used already (RFC 3711 3.3.2, never twice the same key stream).
  virtual std::size_t protect_rtp(std::span<const std::uint8_t> packet,
                                  std::span<std::uint8_t> out) = 0;
  /// The same for a compound RTCP packet, with kSrtcpOverhead.
  virtual std::size_t protect_rtcp(std::span<const std::uint8_t> compound,
                                   std::span<std::uint8_t> out) = 0;
};

/// Allocates for the first packet of a source only. Bound to one thread.
class SrtpReceiver {
 public:
  /// Sources a peer may have at a time; the one unheard of for longest makes room for another.
  static constexpr std::size_t kMaxSources = 64;

  virtual ~SrtpReceiver() = default;
  /// Decrypts in place and returns the RTP packet, a prefix of the span. None when the tag is
  /// wrong, the packet a repetition or too old, or no RTP.
  virtual std::optional<std::span<std::uint8_t>> unprotect_rtp(std::span<std::uint8_t> packet) = 0;
  virtual std::optional<std::span<std::uint8_t>> unprotect_rtcp(
      std::span<std::uint8_t> compound) = 0;
};

/// Thread-safe.
std::unique_ptr<SrtpSender> make_srtp_sender(const SrtpKey& key);
std::unique_ptr<SrtpReceiver> make_srtp_receiver(const SrtpKey& key);

}  // namespace parley::transport
