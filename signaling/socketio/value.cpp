#include "signaling/socketio/value.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace parley::signaling::socketio {
namespace {

/// Whole numbers below are exact in a double.
constexpr double kExact = 9007199254740992.0;

void write_string(std::string_view text, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void write_number(double value, std::string& out) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  // The shortest text that reads as the same double, but whole numbers never as 1e+06.
  std::array<char, 32> text;
  char* const last = text.data() + text.size();
  const bool whole = std::abs(value) < kExact && std::trunc(value) == value;
  const auto end = whole ? std::to_chars(text.data(), last, static_cast<std::int64_t>(value)).ptr
                         : std::to_chars(text.data(), last, value).ptr;
  out.append(text.data(), end);
}

}  // namespace

Bytes make_bytes(std::string data) {
  return std::make_shared<const std::string>(std::move(data));
}

const Value* Value::find(std::string_view name) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  const auto found = std::find_if(members->rbegin(), members->rend(),
                                  [&](const Member& member) { return member.first == name; });
  return found == members->rend() ? nullptr : &found->second;
}

std::string_view Value::text(std::string_view name) const {
  const Value* member = find(name);
  const std::string* text = member == nullptr ? nullptr : member->string();
  return text == nullptr ? std::string_view() : *text;
}

bool Value::operator==(const Value& other) const {
  if (binary() != nullptr && other.binary() != nullptr) return **binary() == **other.binary();
  return held_ == other.held_;
}

Value object(std::initializer_list<Member> members) {
  return Object(members);
}

void write_json(const Value& value, std::string& out, std::vector<Bytes>& attachments) {
  if (const bool* flag = value.boolean()) {
    out += *flag ? "true" : "false";
  } else if (const double* number = value.number()) {
    write_number(*number, out);
  } else if (const std::string* text = value.string()) {
    write_string(*text, out);
  } else if (const Array* items = value.array()) {
    char before = '[';
    for (const Value& item : *items) {
      out += std::exchange(before, ',');
      write_json(item, out, attachments);
    }
    out += items->empty() ? "[]" : "]";
  } else if (const Object* members = value.object()) {
    char before = '{';
    for (const auto& [name, member] : *members) {
      out += std::exchange(before, ',');
      write_string(name, out);
      out += ':';
      write_json(member, out, attachments);
    }
    out += members->empty() ? "{}" : "}";
  } else if (const Bytes* binary = value.binary()) {
    out += "{\"_placeholder\":true,\"num\":" + std::to_string(attachments.size()) + '}';
    attachments.push_back(*binary);
  } else {
    out += "null";
  }
}

std::string to_json(const Value& value) {
  std::string out;
  std::vector<Bytes> attachments;
  write_json(value, out, attachments);
  assert(attachments.empty());
  return out;
}

}  // namespace parley::signaling::socketio
