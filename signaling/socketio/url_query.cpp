#include "signaling/socketio/url_query.hpp"

#include <charconv>

#include "signaling/socketio/utf8.hpp"

namespace parley::signaling::socketio {
namespace {

/// The byte that "%xx" at the beginning of `text` stands for, or -1.
int escaped_byte(std::string_view text) {
  unsigned byte = 0;
  if (text.size() < 3 || text.front() != '%') return -1;
  const auto [end, code] = std::from_chars(text.data() + 1, text.data() + 3, byte, 16);
  return code == std::errc{} && end == text.data() + 3 ? static_cast<int>(byte) : -1;
}

std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int byte = escaped_byte(text.substr(at));
    out += byte >= 0 ? static_cast<char>(byte) : text[at] == '+' ? ' ' : text[at];
    if (byte >= 0) at += 2;
  }
  if (is_utf8(out)) return out;
  std::string valid;
  for (const char c : out) append_utf8((c & 0x80) != 0 ? 0xFFFD : static_cast<unsigned>(c), valid);
  return valid;
}

}  // namespace

Query parse_query(std::string_view text, std::size_t max) {
  Query query;
  while (!text.empty() && max-- > 0) {
    const auto end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto equals = pair.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    if (!pair.empty()) query.insert_or_assign(decode(pair.substr(0, equals)), decode(value));
  }
  return query;
}

}  // namespace parley::signaling::socketio
