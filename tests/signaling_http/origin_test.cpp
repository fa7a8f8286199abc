#include "signaling/http/origin.hpp"

#include <gtest/gtest.h>

namespace parley::signaling::http {
namespace {

OriginPolicy policy(const std::vector<std::string>& allowed = {}) {
  return OriginPolicy::create(allowed).value();
}

struct Case {
  const char* origin;
  const char* host;
  bool allowed;
};

TEST(Origin, PageMayTalkToItsOwnServerAndToNoOther) {
  const Case cases[] = {
      {"http://localhost:8080", "localhost:8080", true},
      {"http://LOCALHOST:8080", "LocalHost:8080", true},
      {"http://localhost:8080", "localhost:8081", false},
      {"http://localhost:8080", "127.0.0.1:8080", false},
      {"http://meet.example", "meet.example", true},
      {"https://meet.example", "meet.example", true},
      {"https://meet.example", "meet.example:443", true},
      {"https://meet.example:443", "meet.example", true},
      {"https://meet.example", "meet.example:80", false},
      {"https://meet.example:8443", "meet.example", false},
      {"http://[::1]:8080", "[::1]:8080", true},
      {"http://[::1]:8080", "[::2]:8080", false},
      {"https://evil.example", "meet.example", false},
      {"https://meet.example.evil.example", "meet.example", false},
      {"null", "meet.example", false},
      {"null", "null", false},
      {"", "", false},
      {"file://", "", false},
      {"https://", "", false},
      {"https://meet.example", "", false},
      {"https://meet.example/", "meet.example", false},
      {"https://user@meet.example", "meet.example", false},
      {"ftp://meet.example", "meet.example", false},
      {"https://meet.example:0x50", "meet.example", false},
      {"https://meet.example:99999", "meet.example", false},
  };
  for (const Case& c : cases)
    EXPECT_EQ(policy().allows(c.origin, c.host), c.allowed) << c.origin << " at " << c.host;
}

TEST(Origin, AllowedOriginsAreComparedWholly) {
  const auto allowing = policy({"https://a.example", "http://b.example:3000"});
  EXPECT_TRUE(allowing.allows("https://a.example", "meet.example"));
  EXPECT_TRUE(allowing.allows("https://a.example:443", "meet.example"));
  EXPECT_TRUE(allowing.allows("http://b.example:3000", "meet.example"));
  EXPECT_FALSE(allowing.allows("http://a.example", "meet.example"));
  EXPECT_FALSE(allowing.allows("http://b.example", "meet.example"));
  EXPECT_FALSE(allowing.allows("https://sub.a.example", "meet.example"));
  EXPECT_FALSE(allowing.lists("https://meet.example"));
}

TEST(Origin, StarAllowsEveryOrigin) {
  EXPECT_TRUE(policy({"*"}).allows("https://anywhere.example", "meet.example"));
  EXPECT_TRUE(policy({"*"}).allows("null", "meet.example"));
}

TEST(Origin, BadAllowedOriginIsAnErrorThatShowsIt) {
  for (const char* bad : {"example.org", "https://example.org/path", "https://*.example.org", ""}) {
    const auto result = OriginPolicy::create({bad});
    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().code, "invalid_origin");
    EXPECT_NE(result.error().message.find(bad), std::string::npos);
  }
}

TEST(Origin, OnlyNamesThatDnsCannotRebindAreOwnNames) {
  const auto allowing = policy({"https://meet.example"});
  for (const char* own : {"localhost", "localhost:8080", "room.localhost", "127.0.0.1:8080",
                          "[::1]:8080", "192.168.1.7", "box:8080", "BOX", "meet.example"})
    EXPECT_TRUE(allowing.is_own_name(own, "box")) << own;
  for (const char* foreign : {"evil.example", "evil.example:8080", "127.0.0.1.evil.example",
                              "localhost.evil.example", "", "[::1", "box.evil.example"})
    EXPECT_FALSE(allowing.is_own_name(foreign, "box")) << foreign;
}

}  // namespace
}  // namespace parley::signaling::http
