// parse_json: a recursive-descent reader; the recursion is bounded by JsonLimits::depth.
#include <charconv>

#include "signaling/socketio/utf8.hpp"
#include "signaling/socketio/value.hpp"

namespace parley::signaling::socketio {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Each method takes what it is named after, or notes what is wrong and returns false.
class Reader {
 public:
  Reader(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  Result<Value> document() {
    Value result;
    if (value(result, 1)) {
      skip_space();
      if (at_ == text_.size()) return result;
      wrong("something follows the end of the JSON");
    }
    return Error{"bad_json", std::string(what_) + " at byte " + std::to_string(at_)};
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool wrong(const char* what) {
    if (what_ == nullptr) what_ = what;
    return false;
  }
  void skip_space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }

  bool value(Value& out, int depth) {
    if (++values_ > limits_.values) return wrong("there are too many values");
    skip_space();
    const char first = peek();
    if (first == '{' || first == '[') {
      if (depth > limits_.depth) return wrong("nesting is too deep");
      return first == '{' ? object(out, depth) : array(out, depth);
    }
    if (first == '"') {
      std::string text;
      if (!string(text)) return false;
      out = std::move(text);
      return true;
    }
    if (first == 't') return word("true", true, out);
    if (first == 'f') return word("false", false, out);
    if (first == 'n') return word("null", nullptr, out);
    return number(out);
  }

  bool object(Value& out, int depth) {
    Object members;
    take('{');
    skip_space();
    if (!take('}')) {
      do {
        skip_space();
        Member& member = members.emplace_back();
        if (peek() != '"') return wrong("a member's name is expected");
        if (!string(member.first)) return false;
        skip_space();
        if (!take(':')) return wrong("\":\" is expected");
        if (!value(member.second, depth + 1)) return false;
        skip_space();
      } while (take(','));
      if (!take('}')) return wrong("\",\" or \"}\" is expected");
    }
    out = std::move(members);
    return true;
  }

  bool array(Value& out, int depth) {
    Array items;
    take('[');
    skip_space();
    if (!take(']')) {
      do {
        if (!value(items.emplace_back(), depth + 1)) return false;
        skip_space();
      } while (take(','));
      if (!take(']')) return wrong("\",\" or \"]\" is expected");
    }
    out = std::move(items);
    return true;
  }

  bool word(std::string_view expected, Value meaning, Value& out) {
    if (!text_.substr(at_).starts_with(expected)) return wrong("a value is expected");
    at_ += expected.size();
    out = std::move(meaning);
    return true;
  }

  bool digits() {
    if (!is_digit(peek())) return wrong("a digit is expected");
    while (is_digit(peek())) ++at_;
    return true;
  }

  bool number(Value& out) {
    const std::size_t start = at_;
    if (!take('-') && !is_digit(peek())) return wrong("a value is expected");
    const std::size_t integer = at_;
    if (!digits()) return false;
    if (text_[integer] == '0' && at_ > integer + 1) return wrong("a number begins with 0");
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    double value = 0;
    const auto [end, code] = std::from_chars(text_.data() + start, text_.data() + at_, value);
    if (code != std::errc{} || end != text_.data() + at_)
      return wrong("a number is past what a double holds");
    out = value;
    return true;
  }

  bool string(std::string& out) {
    take('"');
    for (;;) {
      const std::size_t start = at_;
      while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x20 &&
             text_[at_] != '"' && text_[at_] != '\\')
        ++at_;
      out.append(text_.substr(start, at_ - start));
      if (at_ >= text_.size()) return wrong("a string does not end");
      if (take('"')) return true;
      if (!take('\\')) return wrong("a string holds a control character");
      if (!escape(out)) return false;
    }
  }

  bool escape(std::string& out) {
    if (take('u')) return unicode_escape(out);
    static constexpr std::string_view kWritten = "\"\\/bfnrt";
    static constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const auto which = at_ < text_.size() ? kWritten.find(text_[at_]) : std::string_view::npos;
    if (which == std::string_view::npos) return wrong("a string holds an unknown escape");
    out += kMeant[which];
    ++at_;
    return true;
  }

  bool unicode_escape(std::string& out) {
    std::uint32_t unit = 0;
    if (!hex4(unit)) return false;
    const std::size_t after_first = at_;
    if (unit >= 0xD800 && unit <= 0xDBFF && take('\\') && take('u')) {
      std::uint32_t low = 0;
      if (!hex4(low)) return false;
      if (low >= 0xDC00 && low <= 0xDFFF) {
        append_utf8(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), out);
        return true;
      }
    }
    at_ = after_first;  // what follows a lone surrogate stands for itself
    append_utf8(unit, out);
    return true;
  }

  bool hex4(std::uint32_t& unit) {
    const std::string_view hex = text_.substr(at_, 4);
    const auto [end, code] = std::from_chars(hex.data(), hex.data() + hex.size(), unit, 16);
    if (code != std::errc{} || hex.size() < 4 || end != hex.data() + 4)
      return wrong("four hexadecimal digits are expected");
    at_ += 4;
    return true;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
  const char* what_ = nullptr;
};

}  // namespace

Result<Value> parse_json(std::string_view text, const JsonLimits& limits) {
  if (!is_utf8(text)) return Error{"bad_json", "the text is not valid UTF-8"};
  return Reader(text, limits).document();
}

}  // namespace parley::signaling::socketio
