// Big-endian fields in packets. The caller has checked that they lie within the packet.
#pragma once

#include <cstdint>

namespace parley::transport {

inline std::uint16_t read16(const std::uint8_t* p) {
  return static_cast<std::uint16_t>(p[0] << 8 | p[1]);
}
inline std::uint32_t read32(const std::uint8_t* p) {
  return std::uint32_t{read16(p)} << 16 | read16(p + 2);
}
inline std::uint64_t read64(const std::uint8_t* p) {
  return std::uint64_t{read32(p)} << 32 | read32(p + 4);
}
inline void write16(std::uint8_t* p, std::uint16_t value) {
  p[0] = static_cast<std::uint8_t>(value >> 8);
  p[1] = static_cast<std::uint8_t>(value);
}
inline void write32(std::uint8_t* p, std::uint32_t value) {
  write16(p, static_cast<std::uint16_t>(value >> 16));
  write16(p + 2, static_cast<std::uint16_t>(value));
}
inline void write64(std::uint8_t* p, std::uint64_t value) {
  write32(p, static_cast<std::uint32_t>(value >> 32));
  write32(p + 4, static_cast<std::uint32_t>(value));
}

}  // namespace parley::transport
