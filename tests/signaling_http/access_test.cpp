#include "signaling/http/access.hpp"

#include <gtest/gtest.h>

namespace parley::signaling::http {
namespace {

constexpr Access kAll[] = {Access::Public, Access::Read, Access::Create, Access::Operator};

AccessPolicy policy(std::string token = {}) {
  return AccessPolicy(OriginPolicy::create({"https://allowed.example"}).value(), std::move(token),
                      "box");
}

Caller local() {
  return {.loopback = true, .host = "localhost:8080"};
}
Caller remote() {
  return {.loopback = false, .host = "meet.example"};
}

unsigned status(const AccessPolicy& access, Access route, const Caller& caller) {
  const auto denial = access.check(route, caller);
  return denial ? denial->status : 200;
}

TEST(Access, WithoutTokenOnlyThisMachineOperates) {
  for (const Access route : kAll) EXPECT_EQ(status(policy(), route, local()), 200u);
  EXPECT_EQ(status(policy(), Access::Public, remote()), 200u);
  EXPECT_EQ(status(policy(), Access::Read, remote()), 200u);
  EXPECT_EQ(status(policy(), Access::Create, remote()), 200u);
  EXPECT_EQ(status(policy(), Access::Operator, remote()), 403u);
}

TEST(Access, ProxyOnThisMachineDoesNotMakeItsClientsLocal) {
  Caller proxied = local();
  proxied.forwarded = true;
  proxied.host = "meet.example";
  EXPECT_EQ(status(policy(), Access::Operator, proxied), 403u);
  EXPECT_EQ(status(policy(), Access::Create, proxied), 200u);
}

TEST(Access, WithTokenEveryChangeNeedsItFromEverywhere) {
  for (Caller caller : {local(), remote()}) {
    EXPECT_EQ(status(policy("secret"), Access::Read, caller), 200u);
    for (const Access route : {Access::Create, Access::Operator}) {
      for (const char* wrong : {"", "Bearer", "Bearer ", "Bearer secre", "Bearer secrets",
                                "Bearer SECRET", "Basic secret"}) {
        caller.authorization = wrong;
        EXPECT_EQ(status(policy("secret"), route, caller), 401u) << wrong;
      }
      // The last one is how some WHEP players send it.
      for (const char* right : {"Bearer secret", "bearer secret", "BEARER  secret", "secret"}) {
        caller.authorization = right;
        EXPECT_EQ(status(policy("secret"), route, caller), 200u) << right;
      }
    }
  }
}

TEST(Access, ForeignPagesChangeNothingEvenWithTheToken) {
  for (const Access route : {Access::Create, Access::Operator}) {
    Caller caller = local();
    caller.authorization = "Bearer secret";
    caller.origin = "https://evil.example";
    EXPECT_EQ(status(policy("secret"), route, caller), 403u);
    caller.origin = "null";
    EXPECT_EQ(status(policy("secret"), route, caller), 403u);
    caller.origin = "https://allowed.example";
    EXPECT_EQ(status(policy("secret"), route, caller), 200u);
    caller.origin = "http://localhost:8080";
    EXPECT_EQ(status(policy("secret"), route, caller), 200u);
    caller.origin = {};
    caller.fetch_site = "cross-site";
    EXPECT_EQ(status(policy("secret"), route, caller), 403u);
    caller.fetch_site = "same-origin";
    EXPECT_EQ(status(policy("secret"), route, caller), 200u);
  }
}

TEST(Access, PagesFromElsewhereJoinUntilSomeAreNamed) {
  const AccessPolicy open(OriginPolicy::create({}).value(), "secret", "box");
  Caller caller = remote();
  caller.origin = "https://player.example";
  EXPECT_EQ(status(open, Access::Create, caller), 401u);
  caller.authorization = "Bearer secret";
  EXPECT_EQ(status(open, Access::Create, caller), 200u);
  EXPECT_EQ(status(open, Access::Operator, caller), 403u);
  EXPECT_TRUE(open.check_websocket(caller));
  EXPECT_TRUE(open.shares(Access::Create, caller.origin));
  EXPECT_FALSE(open.shares(Access::Read, caller.origin));
  EXPECT_FALSE(open.shares(Access::Operator, caller.origin));
  EXPECT_EQ(status(policy("secret"), Access::Create, caller), 403u);
  EXPECT_FALSE(policy("secret").shares(Access::Create, caller.origin));
  EXPECT_TRUE(policy("secret").shares(Access::Operator, "https://allowed.example"));
}

TEST(Access, ReboundNameReachesNothingButPublicPages) {
  Caller caller{
      .loopback = true, .host = "evil.example:8080", .origin = "http://evil.example:8080"};
  EXPECT_EQ(status(policy(), Access::Public, caller), 200u);
  for (const Access route : {Access::Read, Access::Create, Access::Operator})
    EXPECT_EQ(status(policy(), route, caller), 421u);
  EXPECT_EQ(policy().check_websocket(caller)->status, 421u);
}

TEST(Access, WebSocketTakesOwnPagesAllowedPagesAndNonBrowsers) {
  Caller caller = remote();
  EXPECT_FALSE(policy().check_websocket(caller));
  caller.origin = "https://meet.example";
  EXPECT_FALSE(policy().check_websocket(caller));
  caller.origin = "https://allowed.example";
  EXPECT_FALSE(policy().check_websocket(caller));
  caller.origin = "https://evil.example";
  ASSERT_TRUE(policy().check_websocket(caller));
  EXPECT_EQ(policy().check_websocket(caller)->status, 403u);
  EXPECT_NE(policy().check_websocket(caller)->error.message.find("--allow-origin"),
            std::string::npos);
}

TEST(Access, SecretsCompareByContentAndLength) {
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abd", "abc"));
  EXPECT_FALSE(equal_in_constant_time("ab", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abcd", "abc"));
  EXPECT_TRUE(equal_in_constant_time("", ""));
}

}  // namespace
}  // namespace parley::signaling::http
