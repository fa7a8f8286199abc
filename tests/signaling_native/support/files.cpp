#include "tests/signaling_native/support/files.hpp"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace parley::signaling::native::test {

std::string read_file(const std::string& path) {
  std::ifstream file(std::string(PARLEY_SOURCE_DIR) + "/" + path);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

json::Document parse_json(const std::string& text) {
  GError* raw = nullptr;
  json::Document document(json_from_string(text.c_str(), &raw));
  const Handle<GError, g_error_free> error(raw);
  EXPECT_TRUE(document) << (error ? error->message : "empty") << " in " << text;
  return document ? std::move(document) : json::Document(json_node_new(JSON_NODE_NULL));
}

std::string to_text(JsonNode* node) {
  const GString_ text(json_to_string(node, FALSE));
  return text.get();
}

}  // namespace parley::signaling::native::test
