#include "signaling/json/fields.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "signaling/json/syntax.hpp"

namespace parley::signaling::json {
namespace {

bool holds(JsonNode* node, GType type) {
  return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

bool fits(const std::string& value, const Text& shape) {
  return value.size() >= shape.min && value.size() <= shape.max &&
         (shape.allowed == nullptr || std::all_of(value.begin(), value.end(), shape.allowed));
}

std::string one_of(std::initializer_list<std::string_view> choices) {
  std::string list;
  for (std::string_view choice : choices) {
    list += list.empty() ? "must be \"" : " or \"";
    list += choice;
    list += '"';
  }
  return list;
}

}  // namespace

std::optional<std::int64_t> integer(JsonNode* node) {
  if (holds(node, G_TYPE_INT64)) return json_node_get_int(node);
  if (!holds(node, G_TYPE_DOUBLE)) return std::nullopt;
  const double value = json_node_get_double(node);
  if (std::trunc(value) != value || std::abs(value) > static_cast<double>(kMaxInteger))
    return std::nullopt;
  return static_cast<std::int64_t>(value);
}

JsonNode* Fields::node(const char* name) const {
  return object_ == nullptr ? nullptr : json_object_get_member(object_, name);
}

bool Fields::has(const char* name) const {
  return node(name) != nullptr;
}

std::string Fields::text(const char* name, const Text& shape) {
  JsonNode* member = required(name, "a string");
  if (member == nullptr) return {};
  if (!holds(member, G_TYPE_STRING)) return invalid(name, "must be a string"), std::string();
  std::string value = json_node_get_string(member);
  if (!fits(value, shape))
    return invalid(name, std::string("must be ") + shape.rule), std::string();
  return value;
}

std::string Fields::text_or(const char* name, std::string fallback, const Text& shape) {
  return has(name) ? text(name, shape) : fallback;
}

std::optional<std::string> Fields::optional_text(const char* name, const Text& shape) {
  if (!has(name)) return std::nullopt;
  return text(name, shape);
}

bool Fields::boolean(const char* name) {
  JsonNode* member = required(name, "true or false");
  if (member == nullptr) return false;
  if (!holds(member, G_TYPE_BOOLEAN)) return invalid(name, "must be true or false"), false;
  return json_node_get_boolean(member) == TRUE;
}

bool Fields::boolean_or(const char* name, bool fallback) {
  return has(name) ? boolean(name) : fallback;
}

std::uint32_t Fields::uint32_or(const char* name, std::uint32_t fallback) {
  JsonNode* member = node(name);
  if (member == nullptr) return fallback;
  const auto value = integer(member);
  if (!value || *value < 0 || *value > std::numeric_limits<std::uint32_t>::max())
    return invalid(name, "must be an integer from 0 to 4294967295"), fallback;
  return static_cast<std::uint32_t>(*value);
}

std::string Fields::choice(const char* name, std::initializer_list<std::string_view> choices) {
  const std::string value = text(name);
  if (std::find(choices.begin(), choices.end(), value) == choices.end())
    invalid(name, one_of(choices));
  return value;
}

std::string Fields::choice_or(const char* name, std::string fallback,
                              std::initializer_list<std::string_view> choices) {
  return has(name) ? choice(name, choices) : fallback;
}

Fields Fields::object(const char* name) {
  JsonNode* member = required(name, "an object");
  JsonObject* held = nullptr;
  if (member != nullptr && JSON_NODE_HOLDS_OBJECT(member))
    held = json_node_get_object(member);
  else if (member != nullptr)
    invalid(name, "must be an object");
  return {held, problem_, path_ + name + "."};
}

void Fields::each(const char* name, std::size_t max, const std::function<void(Fields&)>& read) {
  JsonNode* member = required(name, "a list");
  if (member == nullptr) return;
  if (!JSON_NODE_HOLDS_ARRAY(member)) return invalid(name, "must be a list");
  JsonArray* list = json_node_get_array(member);
  const guint length = json_array_get_length(list);
  if (length > max)
    return invalid(
        name, "has " + std::to_string(length) + " entries; send at most " + std::to_string(max));
  for (guint i = 0; i < length && !problem_; ++i) {
    const std::string entry = std::string(name) + "[" + std::to_string(i) + "]";
    JsonNode* element = json_array_get_element(list, i);
    if (!JSON_NODE_HOLDS_OBJECT(element)) return invalid(entry, "must be an object");
    Fields fields(json_node_get_object(element), problem_, path_ + entry + ".");
    read(fields);
  }
}

void Fields::invalid(std::string_view name, std::string_view what) {
  fail("invalid_field", name, what);
}

JsonNode* Fields::required(const char* name, std::string_view type) {
  JsonNode* member = node(name);
  if (member == nullptr) fail("missing_field", name, "is missing; send " + std::string(type));
  return member;
}

void Fields::fail(const char* code, std::string_view name, std::string_view what) {
  if (!problem_) problem_ = Error{code, path_ + std::string(name) + " " + std::string(what)};
}

}  // namespace parley::signaling::json
