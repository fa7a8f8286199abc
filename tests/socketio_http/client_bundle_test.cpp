#include "signaling/socketio/http/client_bundle.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::signaling::socketio {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ClientBundleTest : public testing::Test {
 protected:
  ~ClientBundleTest() override { fs::remove_all(root_); }

  void install() {
    fs::create_directories(root_ / "dist");
    for (const char* file : {"socket.io.js", "socket.io.min.js", "socket.io.esm.min.js",
                             "socket.io.msgpack.min.js", "socket.io.js.map", "index.html"})
      std::ofstream(root_ / "dist" / file) << "content of " << file;
    std::ofstream(root_ / "secret.js") << "secret";
  }
  static std::string header(const http::Response& response, std::string_view wanted) {
    for (const auto& [name, value] : response.headers)
      if (name == wanted) return value;
    return {};
  }

  static fs::path make_directory() {
    std::string name = (fs::temp_directory_path() / "parley-bundle-XXXXXX").string();
    return mkdtemp(name.data());
  }

  const fs::path root_ = make_directory();
  ClientBundle bundle_{(root_ / "dist").string(), "Run npm"};
};

TEST_F(ClientBundleTest, EveryVariantIsServedAsAScriptThatAnyPageMayLoad) {
  install();
  for (const char* name :
       {"socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"}) {
    const auto response = bundle_.file(name, {});
    EXPECT_EQ(response.status, 200u) << name;
    EXPECT_EQ(response.body, std::string("content of ") + name);
    EXPECT_EQ(response.content_type, "text/javascript; charset=utf-8");
    EXPECT_EQ(header(response, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(header(response, "Cache-Control"), "no-cache");
  }
  EXPECT_EQ(bundle_.file("socket.io.js.map", {}).content_type, "application/json");
}

TEST_F(ClientBundleTest, AClientThatHasItIsToldThatItIsUnchanged) {
  install();
  const std::string etag = header(bundle_.file("socket.io.js", {}), "ETag");
  ASSERT_NE(etag, "");
  EXPECT_EQ(bundle_.file("socket.io.js", etag).status, 304u);
}

TEST_F(ClientBundleTest, WithoutThePackageTheAnswerSaysHowToGetItAndItIsThereOnceInstalled) {
  const auto missing = bundle_.file("socket.io.js", {});
  EXPECT_EQ(missing.status, 404u);
  EXPECT_EQ(missing.body, "Run npm");
  EXPECT_EQ(missing.content_type, "text/plain; charset=utf-8");
  install();
  EXPECT_EQ(bundle_.file("socket.io.js", {}).status, 200u);
}

TEST_F(ClientBundleTest, NothingElseIsServed) {
  install();
  for (const char* name : {"index.html", "../secret.js", "secret.js", "socket.io", ".map",
                           "socket.io.ts", "socket.io.js.map.map", ""})
    EXPECT_EQ(bundle_.file(name, {}).status, 404u) << name;
  EXPECT_THAT(bundle_.file("index.html", {}).body, testing::Not(HasSubstr("Run npm")));
}

}  // namespace
}  // namespace parley::signaling::socketio
