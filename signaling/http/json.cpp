#include "signaling/http/json.hpp"

namespace parley::signaling::http::json {
namespace {

constexpr int kMaxDepth = 32;

/// json-glib parses recursively without a limit, so brackets alone could overflow the stack.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

std::string to_text(const Builder& builder) {
  const Node root(json_builder_get_root(builder.get()));
  const GString_ text(json_to_string(root.get(), FALSE));
  return text.get();
}

std::string error_object(const Error& error) {
  const Builder builder = make_builder();
  JsonBuilder* b = builder.get();
  json_builder_begin_object(b);
  json_builder_set_member_name(b, "error");
  json_builder_begin_object(b);
  json_builder_set_member_name(b, "code");
  json_builder_add_string_value(b, error.code.c_str());
  json_builder_set_member_name(b, "message");
  json_builder_add_string_value(b, error.message.c_str());
  json_builder_end_object(b);
  json_builder_end_object(b);
  return to_text(builder);
}

Result<Node> parse_object(std::string_view text) {
  if (text.empty()) text = "{}";
  if (!g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr))
    return Error{"bad_request", "The body is not UTF-8: send JSON"};
  if (too_deep(text)) return Error{"bad_request", "The body's JSON is nested too deeply"};
  const auto parser = Ref<JsonParser>::adopt(json_parser_new_immutable());
  GError* raw = nullptr;
  if (!json_parser_load_from_data(parser.get(), text.data(), static_cast<gssize>(text.size()),
                                  &raw)) {
    const Handle<GError, g_error_free> error(raw);
    return Error{"bad_request", std::string("The body is not JSON: ") + error->message};
  }
  JsonNode* root = json_parser_get_root(parser.get());
  if (root == nullptr || !JSON_NODE_HOLDS_OBJECT(root))
    return Error{"bad_request", "The body must be a JSON object, such as {}"};
  return Node(json_node_ref(root));
}

Result<std::optional<std::string>> string_member(const Node& object, const char* name) {
  JsonNode* member = json_object_get_member(json_node_get_object(object.get()), name);
  if (member == nullptr || JSON_NODE_HOLDS_NULL(member)) return std::optional<std::string>();
  if (!JSON_NODE_HOLDS_VALUE(member) || json_node_get_value_type(member) != G_TYPE_STRING)
    return Error{"invalid_field", std::string("\"") + name + "\" must be a string"};
  return std::optional<std::string>(json_node_get_string(member));
}

}  // namespace parley::signaling::http::json
