// Writes an RTP packet with header extensions into a buffer (RFC 3550 5.1, RFC 8285).
#pragma once

#include <array>
#include <cstdint>

#include "forwarding/bytes.hpp"

namespace parley::forwarding {

struct RtpHeader {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
};

/// The header extension elements of a packet to be written; refers to the values given.
class ExtensionList {
 public:
  static constexpr std::size_t kMax = 8;

  /// Ignored when `id` is 0 (not negotiated) or the list is full. At most 255 bytes.
  void add(std::uint8_t id, Bytes value);
  /// What write() will take, the four bytes of profile and length included; 0 when empty.
  [[nodiscard]] std::size_t size() const;
  /// Writes size() bytes. The two-byte form is taken only where the one-byte form cannot hold an
  /// element (RFC 8285 4.2: ids 1 to 14, 1 to 16 bytes).
  void write(MutableBytes out) const;
  [[nodiscard]] bool empty() const { return count_ == 0; }

 private:
  struct Element {
    std::uint8_t id = 0;
    Bytes value;
  };
  std::array<Element, kMax> elements_;
  std::size_t count_ = 0;
  std::size_t value_bytes_ = 0;
  bool two_byte_ = false;
};

/// Writes header, extensions, `prefix` (RTX's original sequence number, RFC 4588 4) and payload.
/// Returns the size, or 0 when it does not fit `out`.
std::size_t write_rtp(MutableBytes out, const RtpHeader& header, const ExtensionList& extensions,
                      Bytes prefix, Bytes payload);

}  // namespace parley::forwarding
