#include "signaling/http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::signaling::http {
namespace {

using testing::ElementsAre;

class RouterTest : public testing::Test {
 protected:
  // Added from the vaguest to the most special, to show that order does not matter.
  RouterTest() {
    for (const auto& [method, pattern] :
         std::vector<std::pair<const char*, const char*>>{{"GET", "/{room}"},
                                                          {"GET", "/assets/{path*}"},
                                                          {"GET", "/api/rooms/{room}"},
                                                          {"DELETE", "/api/rooms/{room}"},
                                                          {"GET", "/api/rooms"},
                                                          {"POST", "/api/rooms"},
                                                          {"GET", "/api/rooms/{room}/graph"},
                                                          {"GET", "/metrics"},
                                                          {"GET", "/"}})
      router_.add(method, pattern, Access::Public, [this, pattern = pattern](Exchange&) {
        (void)pattern;
        (void)this;
      });
  }

  Router::Outcome route(std::string_view method, std::string_view path) {
    return router_.route(method, split_path(path).value());
  }
  std::string parameter(std::string_view path, const char* name) {
    const auto outcome = route("GET", path);
    const auto* match = std::get_if<Router::Match>(&outcome);
    if (match == nullptr || !match->parameters.contains(name)) return "(none)";
    return match->parameters.at(name);
  }
  std::string allow(std::string_view method, std::string_view path) {
    const auto outcome = route(method, path);
    const auto* refused = std::get_if<Router::MethodNotAllowed>(&outcome);
    return refused == nullptr ? "(not refused)" : refused->allow;
  }

  Router router_;
};

TEST_F(RouterTest, ParametersAreWhatStandsInThePath) {
  EXPECT_EQ(parameter("/my-room", "room"), "my-room");
  EXPECT_EQ(parameter("/api/rooms/x%20y", "room"), "x y");
  EXPECT_EQ(parameter("/api/rooms/a/graph", "room"), "a");
  EXPECT_EQ(parameter("/assets/client/session.js", "path"), "client/session.js");
}

TEST_F(RouterTest, LiteralSegmentsWinOverParameters) {
  EXPECT_EQ(parameter("/metrics", "room"), "(none)");
  EXPECT_TRUE(std::holds_alternative<Router::Match>(route("GET", "/metrics")));
}

TEST_F(RouterTest, NothingFitsLongerShorterOrEmptySegments) {
  for (const char* path : {"/a/b", "/api/rooms/", "/api/rooms/a/b", "/api/rooms/a/graph/", "//"})
    EXPECT_TRUE(std::holds_alternative<Router::NotFound>(route("GET", path))) << path;
}

TEST_F(RouterTest, HeadIsAnsweredAsGet) {
  EXPECT_TRUE(std::holds_alternative<Router::Match>(route("HEAD", "/api/rooms")));
}

TEST_F(RouterTest, OtherMethodsAreToldWhatIsAllowed) {
  EXPECT_EQ(allow("DELETE", "/api/rooms"), "GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(allow("PUT", "/api/rooms/a"), "GET, HEAD, DELETE, OPTIONS");
  EXPECT_EQ(allow("POST", "/metrics"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(allow("POST", "/"), "GET, HEAD, OPTIONS");
}

TEST(SplitPath, DecodesAfterSplittingSoThatEscapedSlashesSeparateNothing) {
  EXPECT_THAT(split_path("/a/b").value(), ElementsAre("a", "b"));
  EXPECT_THAT(split_path("/").value(), ElementsAre(""));
  EXPECT_THAT(split_path("").value(), ElementsAre(""));
  EXPECT_THAT(split_path("/a%2Fb/c").value(), ElementsAre("a/b", "c"));
  EXPECT_THAT(split_path("/%E2%82%AC").value(), ElementsAre("\u20ac"));
}

TEST(SplitPath, RefusesWhatNoPathMayHold) {
  for (const char* bad : {"/..", "/a/../b", "/.", "/%2e%2e/x", "/%2E%2e", "/a%00b", "/%", "/%4",
                          "/%zz", "/%ff%fe", "/a/%c0%ae%c0%ae/b"})
    EXPECT_FALSE(split_path(bad)) << bad;
}

}  // namespace
}  // namespace parley::signaling::http
