// Small readers for the words of an SDP line, and the error every bad line becomes.
#pragma once

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace parley::sdp {

/// Code "bad_sdp". `line` counts from 1; 0 names no line (something is missing). Quoted text of the
/// peer's has to go through excerpt().
Error bad_sdp(std::size_t line, std::string_view what);
/// The beginning of a text of the peer's, short enough for a message.
std::string excerpt(std::string_view text);

/// Cuts the first word off `rest`, up to `separator` or the end.
std::string_view take_word(std::string_view& rest, char separator = ' ');

/// All of `text` as an unsigned decimal number, or nothing.
template <typename T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || text.front() == '-' || error != std::errc{} || stop != end)
    return std::nullopt;
  return value;
}

/// RFC 8866 section 9 `token`, not empty and at most `limit` characters.
bool is_token(std::string_view text, std::size_t limit);
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace parley::sdp
