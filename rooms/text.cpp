#include "rooms/text.hpp"

#include <optional>
#include <string>

namespace parley::rooms {
namespace {

/// Takes the first code point off `text`; nothing when its bytes are not UTF-8. Overlong forms,
/// surrogates and values past U+10FFFF are refused (RFC 3629, sections 3 and 10).
std::optional<char32_t> take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0  // a continuation byte, or overlong
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || length > text.size()) return std::nullopt;
  char32_t value = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return std::nullopt;
    value = (value << 6U) | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}
bool is_line_layout(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r';
}
bool is_blank(char32_t c) {
  return c == ' ' || c == 0xA0 || c == 0x3000 || is_line_layout(c);
}

struct Scan {
  std::size_t length = 0;  ///< code points
  bool blank = true;
};

Result<Scan> scan(std::string_view field, std::string_view text, bool multiline) {
  Scan result;
  while (!text.empty()) {
    const auto c = take_code_point(text);
    if (!c)
      return Error{"invalid_field", std::string(field) + " is not valid UTF-8; send it as UTF-8"};
    if (is_control(*c) && !(multiline && is_line_layout(*c)))
      return Error{"invalid_field",
                   std::string(field) + " holds a control character; send it without"};
    ++result.length;
    result.blank = result.blank && is_blank(*c);
  }
  return result;
}

std::string at_most(std::string_view field, std::size_t limit, std::size_t length) {
  return std::string(field) + " has " + std::to_string(length) + " characters; use at most " +
         std::to_string(limit);
}

}  // namespace

Status check_name(std::string_view name, std::size_t limit) {
  const auto scanned = scan("name", name, false);
  if (!scanned) return scanned.error();
  if (scanned->blank) return Error{"invalid_field", "name is empty; give one to be shown by"};
  if (scanned->length > limit)
    return Error{"name_too_long", at_most("name", limit, scanned->length)};
  return Nothing{};
}

Status check_message(std::string_view text, std::size_t limit) {
  const auto scanned = scan("text", text, true);
  if (!scanned) return scanned.error();
  if (scanned->blank) return Error{"empty_message", "text is empty; write something to send"};
  if (scanned->length > limit)
    return Error{"message_too_long", at_most("text", limit, scanned->length)};
  return Nothing{};
}

}  // namespace parley::rooms
