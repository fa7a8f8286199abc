#include "support/ids.hpp"

#include <array>
#include <cstdlib>
#include <string_view>

#include <sys/random.h>

namespace parley {

std::string random_token(std::size_t length) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  // Bytes from 248 on are thrown away: 248 is the largest multiple of 62 in a byte, so no
  // character is likelier than another.
  constexpr unsigned kUnbiased = 256 - 256 % kAlphabet.size();
  std::string token;
  token.reserve(length);
  std::array<unsigned char, 64> bytes;
  while (token.size() < length) {
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
      std::abort();
    for (unsigned char byte : bytes) {
      if (byte < kUnbiased && token.size() < length) token += kAlphabet[byte % kAlphabet.size()];
    }
  }
  return token;
}

}  // namespace parley
