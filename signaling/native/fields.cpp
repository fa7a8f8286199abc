#include "signaling/native/fields.hpp"

#include <limits>

namespace parley::signaling::native {
namespace {

bool is_value(JsonNode* node, GType type) {
  return JSON_NODE_HOLDS_VALUE(node) && json_node_get_value_type(node) == type;
}

}  // namespace

void Fields::fail(const char* code, const char* name, std::string_view what) {
  if (!error_) error_ = Error{code, prefix_ + name + ": " + std::string(what)};
}

bool Fields::has(const char* name) const {
  JsonNode* node = json_object_get_member(object_, name);
  return node != nullptr && !JSON_NODE_HOLDS_NULL(node);
}

JsonNode* Fields::member(const char* name, std::string_view expected) {
  if (error_) return nullptr;
  if (!has(name)) {
    fail("missing_field", name, "is missing; give " + std::string(expected) + ".");
    return nullptr;
  }
  return json_object_get_member(object_, name);
}

std::string Fields::text(const char* name, std::size_t max_bytes) {
  JsonNode* node = member(name, "a string");
  if (node == nullptr) return {};
  if (!is_value(node, G_TYPE_STRING)) {
    fail("invalid_field", name, "must be a string.");
    return {};
  }
  std::string value = json_node_get_string(node);
  if (value.size() > max_bytes) {
    fail("invalid_field", name, "must not be longer than " + std::to_string(max_bytes) + " bytes.");
    return {};
  }
  return value;
}

std::optional<std::string> Fields::optional_text(const char* name, std::size_t max_bytes) {
  if (!has(name)) return std::nullopt;
  return text(name, max_bytes);
}

bool Fields::boolean(const char* name) {
  JsonNode* node = member(name, "true or false");
  if (node == nullptr) return false;
  if (!is_value(node, G_TYPE_BOOLEAN)) {
    fail("invalid_field", name, "must be true or false.");
    return false;
  }
  return json_node_get_boolean(node) != FALSE;
}

bool Fields::boolean_or(const char* name, bool fallback) {
  return has(name) ? boolean(name) : fallback;
}

unsigned Fields::number_or(const char* name, unsigned fallback) {
  if (!has(name)) return fallback;
  JsonNode* node = member(name, "a number");
  if (node == nullptr) return fallback;
  const gint64 value = is_value(node, G_TYPE_INT64) ? json_node_get_int(node) : -1;
  fail_unless(value >= 0 && value <= std::numeric_limits<int>::max(), name, "a whole number from 0 on");
  return value < 0 ? fallback : static_cast<unsigned>(value);
}

void Fields::fail_unless(bool good, const char* name, std::string_view expected) {
  if (!good) fail("invalid_field", name, "must be " + std::string(expected) + ".");
}

JsonObject* Fields::object(const char* name) {
  JsonNode* node = member(name, "an object");
  if (node == nullptr) return nullptr;
  if (JSON_NODE_HOLDS_OBJECT(node)) return json_node_get_object(node);
  fail("invalid_field", name, "must be an object.");
  return nullptr;
}

JsonArray* Fields::array(const char* name) {
  JsonNode* node = member(name, "an array");
  if (node == nullptr) return nullptr;
  if (JSON_NODE_HOLDS_ARRAY(node)) return json_node_get_array(node);
  fail("invalid_field", name, "must be an array.");
  return nullptr;
}

void Fields::adopt(const Fields& nested) {
  if (!error_) error_ = nested.error_;
}

}  // namespace parley::signaling::native
