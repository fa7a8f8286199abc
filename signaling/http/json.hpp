// JSON as this server's HTTP side needs it. Thread-safe (no state).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <json-glib/json-glib.h>

#include "support/glib/ref.hpp"
#include "support/result.hpp"

namespace parley::signaling::http::json {

using Node = Handle<JsonNode, json_node_unref>;
using Builder = Ref<JsonBuilder>;

inline Builder make_builder() {
  return Builder::adopt(json_builder_new());
}
/// What was built, as text without spaces.
std::string to_text(const Builder& builder);

/// {"error":{"code","message"}}
std::string error_object(const Error& error);

/// An object from a request's body; an empty body counts as {}. Errors: bad_request.
Result<Node> parse_object(std::string_view text);

/// The member as a string. Nothing when absent or null; Error invalid_field when something else.
Result<std::optional<std::string>> string_member(const Node& object, const char* name);

}  // namespace parley::signaling::http::json
