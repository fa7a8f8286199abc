// The tokens of strangers: read, and verified with a secret.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "signaling/applications/token.hpp"

using parley::signaling::applications::TokenReader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TokenReader reading = TokenReader::create({}).value();
  static const TokenReader verifying = TokenReader::create("secret").value();
  const std::string_view token(reinterpret_cast<const char*>(data), size);
  const std::chrono::system_clock::time_point now{std::chrono::seconds(1'700'000'000)};
  const auto identity = reading.read(token, now);
  if (identity && (identity->sub.empty() || identity->username.empty())) __builtin_trap();
  const auto verified = verifying.read(token, now);
  // What is verified is what is read.
  if (verified && (!identity || *verified != *identity)) __builtin_trap();
  return 0;
}
