// RTCP: what compound packets say, and how to write them.
// RFC 3550 6 (SR, RR, SDES, BYE), RFC 4585 6 (NACK, PLI), RFC 5104 4.3.1 (FIR),
// draft-alvestrand-rmcat-remb-03 (REMB), draft-holmer-rmcat-transport-wide-cc-extensions-01. Pure;
// no allocation.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "forwarding/bytes.hpp"
#include "forwarding/egress.hpp"
#include "forwarding/ntp.hpp"

namespace parley::forwarding::rtcp {

struct SenderInfo {
  std::uint32_t ssrc = 0;
  NtpTime ntp = 0;
  std::uint32_t rtp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
};

struct ReportBlock {
  std::uint32_t ssrc = 0;          ///< of the stream reported on
  std::uint8_t fraction_lost = 0;  ///< of 256, in the last interval
  std::int32_t lost = 0;           ///< since the beginning, 24 bits
  std::uint32_t highest = 0;       ///< sequence number with its cycles
  std::uint32_t jitter = 0;        ///< RTP ticks
  std::uint32_t last_report = 0;   ///< middle 32 bits of the last SR's NTP time; 0: none
  std::uint32_t since_report = 0;  ///< 1/65536 s
};

/// What read() finds. Anything else in a compound packet is skipped.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void on_sender_report(const SenderInfo& info) = 0;
  virtual void on_report_block(const ReportBlock& block) = 0;
  virtual void on_bye(std::uint32_t ssrc) = 0;
  virtual void on_nack(std::uint32_t media_ssrc, std::uint16_t sequence) = 0;
  /// PLI or FIR.
  virtual void on_keyframe_request(std::uint32_t media_ssrc) = 0;
  virtual void on_remb(std::uint64_t bits_per_second) = 0;
  /// As congestion::TransportFeedback reads it.
  virtual void on_transport_feedback(Bytes) {}
};

/// Tells `handler` what is in a compound packet, up to the first packet whose length does not hold.
void read(Bytes compound, Handler& handler);

/// Writes one compound packet of at most kMaxPacket bytes. Every method returns false, and writes
/// nothing, when there is no room left.
class Writer {
 public:
  /// At most 31 blocks each.
  bool sender_report(const SenderInfo& info, std::span<const ReportBlock> blocks = {});
  bool receiver_report(std::uint32_t sender, std::span<const ReportBlock> blocks = {});
  /// One chunk with a CNAME of at most 255 bytes.
  bool cname(std::uint32_t ssrc, std::string_view name);
  /// Ascending numbers; takes as many as fit a packet and says how many that were.
  std::size_t nack(std::uint32_t sender, std::uint32_t media,
                   std::span<const std::uint16_t> sequences);
  bool pli(std::uint32_t sender, std::uint32_t media);
  bool fir(std::uint32_t sender, std::uint32_t media, std::uint8_t number);
  bool remb(std::uint32_t sender, std::uint64_t bits_per_second,
            std::span<const std::uint32_t> ssrcs);
  /// `fci` is a message of congestion::ArrivalRecorder.
  bool transport_feedback(std::uint32_t sender, std::uint32_t media, Bytes fci);

  [[nodiscard]] Bytes bytes() const { return Bytes(buffer_).first(size_); }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::size_t room() const { return buffer_.size() - size_; }
  void clear() { size_ = 0; }

 private:
  // Room for a packet with `size` bytes after its header, header written; empty if there is none.
  MutableBytes begin(std::uint8_t count, std::uint8_t type, std::size_t size);

  std::array<std::uint8_t, kMaxPacket> buffer_{};
  std::size_t size_ = 0;
};

}  // namespace parley::forwarding::rtcp
