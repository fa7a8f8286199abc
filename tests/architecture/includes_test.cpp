// Holds the includes of every module to the order of the house (docs/architecture.md).
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;

// support/glib is listed apart: the pure modules may use support's std part only.
const std::map<std::string, std::set<std::string>> kMayInclude = {
    {"support", {"support"}},
    {"support/glib", {"support", "support/glib"}},
    {"rooms", {"rooms", "support"}},
    {"forwarding", {"forwarding", "support"}},
    {"transport", {"transport", "forwarding", "support", "support/glib"}},
    {"plugins", {"plugins", "forwarding", "support", "support/glib"}},
    {"pipelines", {"pipelines", "transport", "plugins", "forwarding", "support", "support/glib"}},
    {"recordings", {"recordings", "pipelines", "support", "support/glib"}},
    {"signaling",
     {"signaling", "signaling/http", "signaling/json", "signaling/sdp", "signaling/socketio",
      "rooms", "support", "support/glib"}},
    {"signaling/http",
     {"signaling/http", "signaling", "signaling/json", "rooms", "support", "support/glib"}},
    {"signaling/json", {"signaling/json", "support", "support/glib"}},
    {"signaling/sdp", {"signaling/sdp", "support"}},
    // A library that other projects could take: it knows of no rooms.
    {"signaling/socketio", {"signaling/socketio", "support"}},
    {"signaling/socketio/http",
     {"signaling/socketio/http", "signaling/socketio", "signaling/http", "support",
      "support/glib"}},
    {"examples",
     {"examples", "signaling/socketio/http", "signaling/socketio", "signaling/http", "support",
      "support/glib"}},
    {"load",
     {"load", "signaling/json", "signaling/sdp", "transport", "forwarding", "support",
      "support/glib"}},
    {"server",
     {"server", "signaling", "signaling/http", "signaling/sdp", "signaling/socketio",
      "signaling/socketio/http", "rooms", "pipelines", "recordings", "transport", "plugins",
      "forwarding", "support", "support/glib"}},
};

/// System headers that would make a pure module impure.
const std::vector<std::string> kImpure = {"gst/",    "glib",         "gio/",
                                          "libsoup", "sys/socket.h", "srtp2/"};
const std::set<std::string> kPure = {"rooms", "forwarding", "signaling/sdp", "signaling/socketio"};

std::string module_of(const std::string& path) {
  for (const char* part : {"support/glib", "signaling/http", "signaling/json", "signaling/sdp",
                           "signaling/socketio/http", "signaling/socketio"})
    if (path.rfind(std::string(part) + "/", 0) == 0) return part;
  return path.substr(0, path.find('/'));
}

template <typename Visit>
void each_include(const Visit& visit) {
  const fs::path root = PARLEY_SOURCE_DIR;
  const std::regex include(R"(^\s*#\s*include\s*([<"])([^">]+)[">])");
  for (const auto& [module, allowed] : kMayInclude) {
    if (!fs::exists(root / module)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / module)) {
      const std::string extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp" && extension != ".c" && extension != ".h")
        continue;
      const std::string file = fs::relative(entry.path(), root);
      if (module_of(file) != module) continue;
      std::ifstream stream(entry.path());
      std::smatch match;
      for (std::string line; std::getline(stream, line);)
        if (std::regex_search(line, match, include))
          visit(file, module, match[1] == "\"", match[2]);
    }
  }
}

TEST(Architecture, ModulesIncludeOnlyWhatTheyMay) {
  std::size_t seen = 0;
  each_include(
      [&](const std::string& file, const std::string& module, bool own, const std::string& path) {
        if (!own) return;
        ++seen;
        EXPECT_TRUE(kMayInclude.at(module).contains(module_of(path)))
            << file << " includes " << path << ", which " << module << " may not know";
      });
  EXPECT_GT(seen, 20u) << "no includes found: is the source folder right?";
}

TEST(Architecture, PureModulesKnowNoSocketClockOrGStreamer) {
  each_include(
      [&](const std::string& file, const std::string& module, bool own, const std::string& path) {
        if (own || !kPure.contains(module)) return;
        for (const std::string& impure : kImpure)
          EXPECT_NE(path.rfind(impure, 0), 0u)
              << file << " includes <" << path << ">, but " << module << " is pure";
      });
}

}  // namespace
