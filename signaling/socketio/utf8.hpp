// UTF-8 (RFC 3629). Pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::signaling::socketio {

/// Well-formed: no overlong forms, no surrogates, nothing past U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

/// How many bytes the first `units` UTF-16 code units of `text` take, which is well-formed; nothing
/// when it has fewer, or they end within a character. (JavaScript counts a string in such units.)
[[nodiscard]] std::optional<std::size_t> utf16_prefix(std::string_view text, std::size_t units);
/// The length of well-formed `text` in UTF-16 code units.
[[nodiscard]] std::size_t utf16_length(std::string_view text);

/// Appends one character; a surrogate becomes U+FFFD.
void append_utf8(std::uint32_t code_point, std::string& out);

}  // namespace parley::signaling::socketio
