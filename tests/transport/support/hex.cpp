#include "tests/transport/support/hex.hpp"

#include <cctype>

namespace parley::transport::testing {

std::vector<std::uint8_t> from_hex(std::string_view digits) {
  std::vector<std::uint8_t> bytes;
  unsigned value = 0;
  bool half = false;
  for (const char c : digits) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) continue;
    const int digit =
        std::isdigit(static_cast<unsigned char>(c)) != 0 ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value << 4 | static_cast<unsigned>(digit);
    if (half) bytes.push_back(static_cast<std::uint8_t>(value));
    half = !half;
  }
  return bytes;
}

}  // namespace parley::transport::testing
