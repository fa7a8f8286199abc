#include "signaling/sdp/description.hpp"

#include <algorithm>
#include <optional>

#include "signaling/sdp/text.hpp"

namespace parley::sdp {
namespace {

class Parser {
 public:
  Result<Description> parse(std::string_view text);

 private:
  std::optional<Error> take_line(std::string_view line);
  std::optional<Error> take_session_line(char type, std::string_view value);
  std::optional<Error> take_section(std::string_view value);
  std::optional<Error> take_attribute(std::string_view value);

  Description description_;
  std::size_t line_ = 0;
};

bool is_clean(std::string_view line) {
  return std::none_of(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f;
  });
}

Result<Description> Parser::parse(std::string_view text) {
  if (text.size() > kMaxDescription)
    return bad_sdp(0, "more than " + std::to_string(kMaxDescription) + " bytes.");
  while (!text.empty()) {
    ++line_;
    std::string_view line = take_word(text, '\n');
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (auto error = take_line(line)) return *error;
  }
  if (line_ < 3) return bad_sdp(line_ + 1, "the description ends before its s= line.");
  return std::move(description_);
}

std::optional<Error> Parser::take_line(std::string_view line) {
  if (line.size() > kMaxLine)
    return bad_sdp(line_, "more than " + std::to_string(kMaxLine) + " bytes.");
  if (!is_clean(line)) return bad_sdp(line_, "control characters.");
  if (line.size() < 2 || line[1] != '=')
    return bad_sdp(line_, "\"" + excerpt(line) + "\" is not <letter>=<value>.");
  const char type = line[0];
  const std::string_view value = line.substr(2);
  constexpr std::string_view kLead = "vos";
  if (line_ <= kLead.size()) {
    const char expected = kLead[line_ - 1];
    if (type != expected) return bad_sdp(line_, std::string("expected ") + expected + "= here.");
    if (type == 'v' && value != "0") return bad_sdp(line_, "v= has to be 0.");
    if (type == 'o') description_.origin = value;
    return std::nullopt;
  }
  if (type == 'm') return take_section(value);
  if (type == 'a') return take_attribute(value);
  const std::string_view known = description_.sections.empty() ? "iuepcbtrzk" : "icbk";
  if (known.find(type) == std::string_view::npos)
    return bad_sdp(line_, std::string(1, type) + "= is not allowed here.");
  return std::nullopt;
}

std::optional<Error> Parser::take_section(std::string_view value) {
  if (description_.sections.size() == kMaxSections)
    return bad_sdp(line_, "more than " + std::to_string(kMaxSections) + " m= lines.");
  Section section;
  section.line = line_;
  MediaHead& head = section.head;
  std::string_view rest = value;
  head.media = take_word(rest);
  const auto port = parse_number<std::uint16_t>(take_word(rest));
  head.protocol = take_word(rest);
  while (!rest.empty()) head.formats.emplace_back(take_word(rest));
  const bool whole = is_token(head.media, 32) && port && !head.protocol.empty() &&
                     !head.formats.empty() &&
                     std::none_of(head.formats.begin(), head.formats.end(),
                                  [](const std::string& format) { return format.empty(); });
  if (!whole)
    return bad_sdp(line_,
                   "\"m=" + excerpt(value) + "\" is not <media> <port> <protocol> <formats>.");
  head.port = *port;
  description_.sections.push_back(std::move(section));
  return std::nullopt;
}

std::optional<Error> Parser::take_attribute(std::string_view value) {
  std::string_view rest = value;
  const std::string_view name = take_word(rest, ':');
  if (!is_token(name, 64))
    return bad_sdp(line_, "\"a=" + excerpt(value) + "\" has no attribute name.");
  Attributes& attributes = description_.sections.empty() ? description_.attributes
                                                         : description_.sections.back().attributes;
  attributes.add(std::string(name), std::string(rest), line_);
  return std::nullopt;
}

void write_attributes(std::string& text, const Attributes& attributes) {
  for (const Attribute& attribute : attributes) {
    text += "a=" + attribute.name;
    if (!attribute.value.empty()) text += ":" + attribute.value;
    text += "\r\n";
  }
}

}  // namespace

void Attributes::add(std::string name, std::string value, std::size_t line) {
  list_.push_back({std::move(name), std::move(value), line});
}

const Attribute* Attributes::find(std::string_view name) const {
  const auto it = std::find_if(list_.begin(), list_.end(),
                               [&](const Attribute& attribute) { return attribute.name == name; });
  return it == list_.end() ? nullptr : &*it;
}

Result<Description> parse_description(std::string_view text) {
  return Parser().parse(text);
}

std::string write_description(const Description& description) {
  std::string text = "v=0\r\no=" + description.origin + "\r\ns=-\r\nt=0 0\r\n";
  write_attributes(text, description.attributes);
  for (const Section& section : description.sections) {
    const MediaHead& head = section.head;
    text += "m=" + head.media + " " + std::to_string(head.port) + " " + head.protocol;
    for (const std::string& format : head.formats) text += " " + format;
    text += "\r\nc=IN IP4 0.0.0.0\r\n";
    write_attributes(text, section.attributes);
  }
  return text;
}

}  // namespace parley::sdp
