// A parsed JSON text. Thread-safe as any value type is.
#pragma once

#include <string_view>

#include <json-glib/json-glib.h>

#include "support/glib/ref.hpp"
#include "support/result.hpp"

namespace parley::signaling::json {

/// Owns the tree; never null where a Result holds one.
using Document = Handle<JsonNode, json_node_unref>;

/// Nesting that no message of this server's protocols comes near.
inline constexpr int kMaxDepth = 16;

/// Strict JSON (see check_syntax) whose root is an object. The caller bounds the size of `text`.
/// Error: bad_request.
Result<Document> parse_object(std::string_view text, int max_depth = kMaxDepth);

}  // namespace parley::signaling::json
