// What the tests of the codec read from the source tree.
#pragma once

#include <string>

#include <json-glib/json-glib.h>

#include "signaling/json/document.hpp"

namespace parley::signaling::native::test {

/// A file of the source tree; a test failure when it is not there.
std::string read_file(const std::string& path);
/// Any JSON, not only objects. Never null.
json::Document parse_json(const std::string& text);
std::string to_text(JsonNode* node);

}  // namespace parley::signaling::native::test
