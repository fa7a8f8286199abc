#include "signaling/json/syntax.hpp"

#include <charconv>
#include <string>

#include <glib.h>

namespace parley::signaling::json {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A recursive-descent recognizer of RFC 8259's grammar; the recursion is bounded by `max_depth_`.
/// Each method takes what it is named after, or notes what is wrong and returns false.
class Recognizer {
 public:
  Recognizer(std::string_view text, int max_depth) : text_(text), max_depth_(max_depth) {}

  Status document() {
    if (!value(1)) return error();
    skip_space();
    if (at_ < text_.size()) return wrong("something follows the end of the JSON"), error();
    return Nothing{};
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  bool wrong(const char* what) {
    if (what_ == nullptr) what_ = what;
    return false;
  }
  [[nodiscard]] Error error() const {
    return {"bad_request", "message is not usable JSON: " + std::string(what_) + " at byte " +
                               std::to_string(at_)};
  }
  void skip_space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }

  bool value(int depth) {
    skip_space();
    switch (peek()) {
      case '{':
        return depth <= max_depth_ ? object(depth) : wrong("nesting is too deep");
      case '[':
        return depth <= max_depth_ ? array(depth) : wrong("nesting is too deep");
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool object(int depth) {
    take('{');
    skip_space();
    if (take('}')) return true;
    int members = 0;
    do {
      if (++members > kMaxMembers) return wrong("an object has too many members");
      skip_space();
      if (peek() != '"') return wrong("a member's name is expected");
      if (!string()) return false;
      skip_space();
      if (!take(':')) return wrong("\":\" is expected");
      if (!value(depth + 1)) return false;
      skip_space();
    } while (take(','));
    return take('}') || wrong("\",\" or \"}\" is expected");
  }

  bool array(int depth) {
    take('[');
    skip_space();
    if (take(']')) return true;
    do {
      if (!value(depth + 1)) return false;
      skip_space();
    } while (take(','));
    return take(']') || wrong("\",\" or \"]\" is expected");
  }

  bool word(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return wrong("a value is expected");
    at_ += expected.size();
    return true;
  }

  bool digits() {
    if (!is_digit(peek())) return wrong("a digit is expected");
    while (is_digit(peek())) ++at_;
    return true;
  }

  bool number() {
    const std::size_t start = at_;
    const bool negative = take('-');
    if (!negative && !is_digit(peek())) return wrong("a value is expected");
    const std::size_t integer = at_;
    if (!digits()) return false;
    if (text_[integer] == '0' && at_ > integer + 1) return wrong("a number begins with 0");
    bool whole = true;
    if (take('.')) {
      whole = false;
      if (!digits()) return false;
    }
    if (take('e') || take('E')) {
      whole = false;
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    return !whole || in_range(text_.substr(start, at_ - start)) ||
           wrong("an integer is past 2^53 (send it as a string)");
  }

  static bool in_range(std::string_view integer) {
    std::int64_t value = 0;
    const auto end = integer.data() + integer.size();
    const auto [parsed, code] = std::from_chars(integer.data(), end, value);
    return code == std::errc{} && parsed == end && value >= -kMaxInteger && value <= kMaxInteger;
  }

  bool string() {
    take('"');
    while (!take('"')) {
      if (at_ >= text_.size()) return wrong("a string does not end");
      if (static_cast<unsigned char>(peek()) < 0x20)
        return wrong("a string holds a control character (write it as an escape)");
      if (take('\\')) {
        if (!escape()) return false;
      } else {
        ++at_;
      }
    }
    return true;
  }

  bool escape() {
    if (!take('u')) {
      if (at_ >= text_.size() ||
          std::string_view("\"\\/bfnrt").find(peek()) == std::string_view::npos)
        return wrong("a string holds an unknown escape");
      ++at_;
      return true;
    }
    unsigned unit = 0;
    if (!hex4(unit)) return false;
    if (unit == 0) return wrong("a string holds \\u0000");
    if (unit >= 0xDC00 && unit <= 0xDFFF) return wrong("a string holds a lone surrogate");
    if (unit < 0xD800 || unit > 0xDBFF) return true;
    unsigned low = 0;
    if (!take('\\') || !take('u')) return wrong("a string holds a lone surrogate");
    return hex4(low) &&
           ((low >= 0xDC00 && low <= 0xDFFF) || wrong("a string holds a lone surrogate"));
  }

  bool hex4(unsigned& unit) {
    const std::string_view hex = text_.substr(at_, 4);
    const auto [parsed, code] = std::from_chars(hex.data(), hex.data() + hex.size(), unit, 16);
    if (code != std::errc{} || hex.size() < 4 || parsed != hex.data() + 4)
      return wrong("four hexadecimal digits are expected");
    at_ += 4;
    return true;
  }

  std::string_view text_;
  int max_depth_;
  std::size_t at_ = 0;
  const char* what_ = nullptr;
};

}  // namespace

Status check_syntax(std::string_view text, int max_depth) {
  const char* end = nullptr;
  if (!text.empty() && g_utf8_validate_len(text.data(), text.size(), &end) == FALSE)
    return Error{"bad_request", "message is not valid UTF-8 at byte " +
                                    std::to_string(end - text.data()) + "; send it as UTF-8"};
  return Recognizer(text, max_depth).document();
}

}  // namespace parley::signaling::json
