// Base64 (RFC 4648 section 4). Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley::signaling::socketio {

[[nodiscard]] std::string base64_encode(std::string_view data);
/// Padding may be missing, and the alphabet may be the URL's (section 5): clients write both.
/// Nothing when `text` is neither.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace parley::signaling::socketio
