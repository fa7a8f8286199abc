#include "signaling/http/static_files.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temporary_directory.hpp"

namespace parley::signaling::http {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public testing::Test {
 protected:
  StaticFilesTest() {
    directory_.write("secret.txt", "outside");
    directory_.write("web/index.html", "<!doctype html>page");
    directory_.write("web/client/session.js", "export {}");
    directory_.write("web/.hidden", "hidden");
    directory_.write("web/.git/config", "hidden");
    fs::create_symlink(directory_.path() / "secret.txt", directory_.path() / "web/escape.txt");
    fs::create_directory_symlink(directory_.path(), directory_.path() / "web/up");
    fs::create_symlink("index.html", directory_.path() / "web/alias.html");
    mkfifo((directory_.path() / "web/pipe.js").c_str(), 0600);
  }

  Response serve(std::string_view path, std::string_view if_none_match = {}) {
    return StaticFiles::open(directory_.path() / "web").value().serve(path, if_none_match);
  }
  static std::string header(const Response& response, std::string_view wanted) {
    for (const auto& [name, value] : response.headers)
      if (name == wanted) return value;
    return {};
  }

  TemporaryDirectory directory_;
};

TEST_F(StaticFilesTest, SendsFilesWithTheirTypes) {
  const auto page = serve("index.html");
  EXPECT_EQ(page.status, 200u);
  EXPECT_EQ(page.body, "<!doctype html>page");
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_EQ(serve("client/session.js").content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(serve("alias.html").status, 200u);
}

TEST_F(StaticFilesTest, TypesFollowTheEnding) {
  EXPECT_EQ(content_type("a.mjs"), "text/javascript; charset=utf-8");
  EXPECT_EQ(content_type("a.css"), "text/css; charset=utf-8");
  EXPECT_EQ(content_type("a.svg"), "image/svg+xml");
  EXPECT_EQ(content_type("parley.d.ts"), "application/typescript; charset=utf-8");
  EXPECT_EQ(content_type("a.unknown"), "application/octet-stream");
  EXPECT_EQ(content_type("noending"), "application/octet-stream");
}

TEST_F(StaticFilesTest, NothingOutsideHiddenOrSpecialIsSent) {
  for (const char* path : {"../secret.txt", "client/../../secret.txt", "/etc/passwd", "escape.txt",
                           "up/secret.txt", ".hidden", ".git/config", "client/.", "client", "", ".",
                           "pipe.js", "missing.js", "index.html/", "index.html/x"})
    EXPECT_EQ(serve(path).status, 404u) << path;
}

TEST_F(StaticFilesTest, ClientThatHasTheFileGetsNotModifiedUntilItChanges) {
  const std::string etag = header(serve("index.html"), "ETag");
  ASSERT_FALSE(etag.empty());
  const auto again = serve("index.html", etag);
  EXPECT_EQ(again.status, 304u);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(header(again, "ETag"), etag);
  directory_.write("web/index.html", "<!doctype html>a new page");
  EXPECT_EQ(serve("index.html", etag).status, 200u);
}

TEST_F(StaticFilesTest, EntityTagsMatchInListsAndWeakly) {
  EXPECT_TRUE(etag_matches("\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("W/\"a\"", "\"a\""));
  EXPECT_TRUE(etag_matches("\"b\", W/\"a\"", "W/\"a\""));
  EXPECT_TRUE(etag_matches("*", "\"a\""));
  EXPECT_FALSE(etag_matches("", "\"a\""));
  EXPECT_FALSE(etag_matches(",,", "\"a\""));
  EXPECT_FALSE(etag_matches("\"ab\"", "\"a\""));
}

TEST_F(StaticFilesTest, DirectoryWithoutThePageIsRefusedByName) {
  directory_.write("empty/readme.txt", "");
  for (const char* bad : {"empty", "missing", "secret.txt"}) {
    const auto files = StaticFiles::open(directory_.path() / bad);
    ASSERT_FALSE(files) << bad;
    EXPECT_EQ(files.error().code, "bad_web_directory");
    EXPECT_NE(files.error().message.find(bad), std::string::npos);
  }
}

}  // namespace
}  // namespace parley::signaling::http
