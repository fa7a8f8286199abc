// The part of a URL behind "?" (application/x-www-form-urlencoded). Pure; thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace parley::signaling::socketio {

using Query = std::map<std::string, std::string, std::less<>>;

/// Decoded names and values; of a name that comes twice the last one counts. Bad escapes stand for
/// themselves, bytes that are not UTF-8 become U+FFFD. At most `max` parameters are read.
[[nodiscard]] Query parse_query(std::string_view text, std::size_t max = 64);

}  // namespace parley::signaling::socketio
