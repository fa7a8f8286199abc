#include "signaling/sdp/text.hpp"

#include <algorithm>

namespace parley::sdp {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_token_char(char c) {
  return c > ' ' && c < 0x7f &&
         std::string_view("\"(),/:;<=>?@[\\]").find(c) == std::string_view::npos;
}

}  // namespace

Error bad_sdp(std::size_t line, std::string_view what) {
  std::string message = "sdp: ";
  if (line != 0) message += "line " + std::to_string(line) + ": ";
  message += what;
  return {"bad_sdp", std::move(message)};
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string shown;
  for (char c : text.substr(0, kLongest)) shown += c >= ' ' && c < 0x7f ? c : '?';
  if (text.size() > kLongest) shown += "...";
  return shown;
}

std::string_view take_word(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

bool is_token(std::string_view text, std::size_t limit) {
  return !text.empty() && text.size() <= limit &&
         std::all_of(text.begin(), text.end(), is_token_char);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace parley::sdp
