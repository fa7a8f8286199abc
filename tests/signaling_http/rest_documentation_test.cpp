// Runs the examples of docs/rest.md against the server.
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "signaling/json/document.hpp"
#include "support/running_server.hpp"

namespace parley::signaling::http {
namespace {

struct Example {
  HttpCall call;
  unsigned status = 0;
  std::string body;
};

std::string block(std::istream& lines) {
  std::string text;
  for (std::string line; std::getline(lines, line) && line != "```";) text += line + "\n";
  return text;
}

/// A block "http" is the request, the block "json STATUS" after it the reply.
std::vector<Example> examples() {
  std::ifstream document(std::string(PARLEY_SOURCE_DIR) + "/docs/rest.md");
  std::vector<Example> all;
  for (std::string line; std::getline(document, line);) {
    if (line == "```http") {
      std::istringstream request(block(document));
      Example example;
      request >> example.call.method >> example.call.path;
      std::getline(request, example.call.body, '\0');
      const auto begin = example.call.body.find_first_not_of('\n');
      example.call.body.erase(0, begin);
      all.push_back(std::move(example));
    } else if (line.starts_with("```json ")) {
      all.back().status = static_cast<unsigned>(std::stoul(line.substr(8)));
      all.back().body = block(document);
    }
  }
  return all;
}

/// JSON without what only people need.
std::string compact(const std::string& text) {
  if (text.empty()) return {};
  const auto document = json::parse_object(text);
  if (!document.ok()) return text;
  const std::unique_ptr<char, decltype(&g_free)> compacted(json_to_string(document->get(), FALSE),
                                                           &g_free);
  return compacted.get();
}

TEST(RestDocumentation, ExamplesHappenAsTheyAreWritten) {
  RunningServer running;
  running.backend.states = {lab()};
  running.start();
  const auto all = examples();
  ASSERT_GT(all.size(), 6u);
  for (const Example& example : all) {
    const auto reply = running.call(example.call);
    EXPECT_EQ(reply.status, example.status) << example.call.method << ' ' << example.call.path;
    EXPECT_EQ(compact(reply.body), compact(example.body))
        << example.call.method << ' ' << example.call.path;
  }
}

}  // namespace
}  // namespace parley::signaling::http
