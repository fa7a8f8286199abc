#include "forwarding/rtp_writer.hpp"

#include <cstring>

#include "forwarding/rtp_packet.hpp"

namespace parley::forwarding {
namespace {

constexpr std::size_t round_up(std::size_t size) {
  return (size + 3) / 4 * 4;
}

void copy(MutableBytes out, std::size_t at, Bytes from) {
  if (!from.empty()) std::memcpy(out.data() + at, from.data(), from.size());
}

}  // namespace

void ExtensionList::add(std::uint8_t id, Bytes value) {
  if (id == 0 || count_ == kMax || value.size() > 255) return;
  elements_[count_++] = {id, value};
  value_bytes_ += value.size();
  two_byte_ |= id > 14 || value.empty() || value.size() > 16;
}

std::size_t ExtensionList::size() const {
  if (count_ == 0) return 0;
  return 4 + round_up(value_bytes_ + count_ * (two_byte_ ? 2 : 1));
}

void ExtensionList::write(MutableBytes out) const {
  if (count_ == 0) return;
  const std::size_t total = size();
  write_u16(out, 0, two_byte_ ? 0x1000 : 0xbede);
  write_u16(out, 2, static_cast<std::uint16_t>((total - 4) / 4));
  std::size_t at = 4;
  for (std::size_t i = 0; i < count_; ++i) {
    const auto& [id, value] = elements_[i];
    if (two_byte_) {
      out[at++] = id;
      out[at++] = static_cast<std::uint8_t>(value.size());
    } else {
      out[at++] = static_cast<std::uint8_t>(id << 4 | (value.size() - 1));
    }
    copy(out, at, value);
    at += value.size();
  }
  while (at < total) out[at++] = 0;
}

std::size_t write_rtp(MutableBytes out, const RtpHeader& header, const ExtensionList& extensions,
                      Bytes prefix, Bytes payload) {
  const std::size_t extension_size = extensions.size();
  const std::size_t total = kRtpHeader + extension_size + prefix.size() + payload.size();
  if (total > out.size()) return 0;
  out[0] = static_cast<std::uint8_t>(0x80 | (extensions.empty() ? 0 : 0x10));
  out[1] = static_cast<std::uint8_t>((header.marker ? 0x80 : 0) | header.payload_type);
  write_u16(out, 2, header.sequence);
  write_u32(out, 4, header.timestamp);
  write_u32(out, 8, header.ssrc);
  extensions.write(out.subspan(kRtpHeader));
  copy(out, kRtpHeader + extension_size, prefix);
  copy(out, kRtpHeader + extension_size + prefix.size(), payload);
  return total;
}

}  // namespace parley::forwarding
