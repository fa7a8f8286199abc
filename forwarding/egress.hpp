// The way out of the pure forwarding core: whoever encrypts and sends implements it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace parley::forwarding {

/// Room that every outgoing packet must fit, before encryption. Larger ones are dropped.
inline constexpr std::size_t kMaxPacket = 1460;
inline constexpr std::size_t kSrtpTag = 10;
inline constexpr std::size_t kUdpIp4 = 28;
inline constexpr std::size_t kUdpIp6 = 48;

/// Takes one participant's outgoing packets. Called on the thread that runs the participant's Peer.
/// No call may block or fail: what cannot be sent is dropped and counted by the implementation.
class Egress {
 public:
  virtual ~Egress() = default;

  /// True once packets can be protected and there is an address to send them to.
  [[nodiscard]] virtual bool ready() const = 0;
  /// Space of at least kMaxPacket bytes for the next RTP packet; valid until the next call here.
  [[nodiscard]] virtual std::span<std::uint8_t> rtp_buffer() = 0;
  /// Protects and queues the first `size` bytes of rtp_buffer().
  virtual void send_rtp(std::size_t size) = 0;
  /// What the network carries beyond the bytes given to send_rtp(): SRTP's tag, UDP and IP.
  [[nodiscard]] virtual std::size_t overhead() const { return kSrtpTag + kUdpIp4; }
  /// Protects and queues a compound RTCP packet. The span is the caller's.
  virtual void send_rtcp(std::span<const std::uint8_t> compound) = 0;
};

}  // namespace parley::forwarding
