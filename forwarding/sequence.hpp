// Serial numbers: 16-bit sequence numbers and 32-bit timestamps as numbers that never wrap.
#pragma once

#include <cstdint>
#include <type_traits>

namespace parley::forwarding {

/// The number nearest to `reference` whose low bits are `value` (RFC 1982's comparison, kept).
/// Half the number space away counts as ahead.
template <typename Serial>
constexpr std::int64_t unwrap(Serial value, std::int64_t reference) {
  using Signed = std::make_signed_t<Serial>;
  const auto step =
      static_cast<Signed>(static_cast<Serial>(value - static_cast<Serial>(reference)));
  return reference + step;
}

/// True when `a` comes after `b` (RFC 1982 3.2).
template <typename Serial>
constexpr bool is_after(Serial a, Serial b) {
  return static_cast<std::make_signed_t<Serial>>(static_cast<Serial>(a - b)) > 0;
}

}  // namespace parley::forwarding
