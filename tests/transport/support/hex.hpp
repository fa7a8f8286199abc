#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace parley::transport::testing {

/// Bytes of hexadecimal digits; blanks are skipped.
std::vector<std::uint8_t> from_hex(std::string_view digits);

}  // namespace parley::transport::testing
