#include "signaling/http/http_server.hpp"

#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "signaling/http/paths.hpp"
#include "support/main_context.hpp"
#include "support/running_server.hpp"

namespace parley::signaling::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class HttpServerTest : public testing::Test {
 protected:
  RunningServer running_;
};

TEST_F(HttpServerTest, RootLeadsToAFreshRoomEachTime) {
  running_.start();
  const auto one = running_.get("/");
  const auto two = running_.get("/");
  EXPECT_EQ(one.status, 302u);
  EXPECT_NE(one.header("location"), two.header("location"));
  EXPECT_TRUE(is_room_id(one.header("location").substr(1))) << one.header("location");
}

TEST_F(HttpServerTest, RoomsGetThePageWithHeadersThatGuardIt) {
  running_.start();
  const auto page = running_.get("/any-room?name=Ann&join=1");
  EXPECT_EQ(page.status, 200u);
  EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("Parley"));
  EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
  EXPECT_THAT(page.header("content-security-policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(page.header("referrer-policy"), "same-origin");
  EXPECT_THAT(page.header("permissions-policy"), HasSubstr("camera=(self)"));
  EXPECT_THAT(page.header("permissions-policy"), HasSubstr("display-capture=(self)"));
}

TEST_F(HttpServerTest, FrontEndOfTheOperatorsOwnMayGoWithoutPolicy) {
  running_.options.content_security_policy.clear();
  running_.start();
  EXPECT_EQ(running_.get("/room1").header("content-security-policy"), "");
}

TEST_F(HttpServerTest, WhatIsNoRoomIsNotFoundInTheFormItsCallerReads) {
  running_.start();
  for (const char* path : {"/a.b", "/a/b", "/whip", "/socket.io", "/favicon.ico", "/assets",
                           "/assets/none.js", "/%20"}) {
    const auto reply = running_.get(path);
    EXPECT_EQ(reply.status, 404u) << path;
    EXPECT_EQ(reply.header("content-type"), "text/html; charset=utf-8") << path;
  }
  EXPECT_EQ(running_.get('/' + std::string(65, 'x')).status, 404u);
  for (const char* path : {"/api", "/api/nothing", "/api/rooms/a/b/c", "/api/"}) {
    const auto reply = running_.get(path);
    EXPECT_EQ(reply.status, 404u) << path;
    EXPECT_EQ(reply.header("content-type"), "application/json") << path;
    EXPECT_THAT(reply.body, StartsWith(R"({"error":{"code":"not_found","message":")")) << path;
  }
}

TEST_F(HttpServerTest, AConnectionThatIsToBeClosedIsSaidToBe) {
  running_.start();
  RawClient client(running_.port());
  const auto reply = call(client, {.path = "/healthz", .headers = {{"Connection", "close"}}});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->header("connection"), "close");
  EXPECT_TRUE(client.wait_for_close());
  EXPECT_EQ(running_.get("/healthz").header("connection"), "");
}

TEST_F(HttpServerTest, ABodyThatGoesOnAndOnIsCut) {
  running_.start();
  RawClient client(running_.port());
  client.send(
      "POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000000\r\n\r\n");
  const std::string megabyte(1024 * 1024, 'x');
  bool cut = false;
  for (int i = 0; i < 100 && !cut; ++i) cut = !client.send(megabyte);
  EXPECT_TRUE(cut);
}

TEST_F(HttpServerTest, AssetsAreServedAndRevalidated) {
  running_.start();
  const auto script = running_.get("/assets/parley.js");
  EXPECT_EQ(script.status, 200u);
  EXPECT_EQ(script.body, "export const answer = 42;\n");
  EXPECT_EQ(script.header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.header("x-content-type-options"), "nosniff");
  const auto again = running_.call(
      {.path = "/assets/parley.js", .headers = {{"If-None-Match", script.header("etag")}}});
  EXPECT_EQ(again.status, 304u);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(running_.get("/assets/style/page.css").header("content-type"),
            "text/css; charset=utf-8");
}

TEST_F(HttpServerTest, FilesBesideThePageAreFoundAtTheRootToo) {
  running_.start();
  EXPECT_EQ(running_.get("/parley.js").body, "export const answer = 42;\n");
  EXPECT_EQ(running_.get("/index.html").status, 404u);
  EXPECT_EQ(running_.get("/..%2fsecret.txt").status, 404u);
  EXPECT_EQ(running_.get("/style").status, 200u) << "a room";
}

TEST_F(HttpServerTest, NoPathLeavesTheWebDirectory) {
  running_.start();
  for (const char* path :
       {"/assets/../secret.txt", "/assets/../../secret.txt", "/assets/%2e%2e/secret.txt",
        "/assets/..%2fsecret.txt", "/assets/style/..%2f..%2fsecret.txt", "/assets//etc/passwd",
        "/assets/%2fetc/passwd", "/assets/style/%2e%2e/%2e%2e/secret.txt",
        "/assets/..%5csecret.txt", "/assets/parley.js%00.css", "/../secret.txt",
        "/assets/..;/secret.txt", "/assets/%252e%252e/secret.txt", "/assets/\xff"}) {
    const auto reply = running_.get(path);
    EXPECT_TRUE(reply.status == 400 || reply.status == 404) << path << ' ' << reply.status;
    EXPECT_EQ(reply.body.find("outside"), std::string::npos) << path;
    EXPECT_EQ(reply.body.find("root:"), std::string::npos) << path;
  }
}

TEST_F(HttpServerTest, HeadSaysWhatGetWouldWithoutTheBody) {
  running_.start();
  const auto head = running_.call({.method = "HEAD", .path = "/assets/parley.js"});
  const auto get = running_.get("/assets/parley.js");
  EXPECT_EQ(head.status, 200u);
  EXPECT_TRUE(head.body.empty());
  EXPECT_EQ(head.header("content-length"), get.header("content-length"));
  EXPECT_EQ(head.header("etag"), get.header("etag"));
}

TEST_F(HttpServerTest, OtherMethodsAreToldWhichThereAre) {
  running_.start();
  const auto reply = running_.call({.method = "PUT", .path = "/api/rooms"});
  EXPECT_EQ(reply.status, 405u);
  EXPECT_EQ(reply.header("allow"), "GET, HEAD, POST, OPTIONS");
  EXPECT_THAT(reply.body, HasSubstr("method_not_allowed"));
  EXPECT_EQ(running_.call({.method = "POST", .path = "/room1"}).status, 405u);
  EXPECT_EQ(running_.call({.method = "BREW", .path = "/api/rooms"}).status, 501u);
  const auto options = running_.call({.method = "OPTIONS", .path = "/api/rooms"});
  EXPECT_EQ(options.status, 204u);
  EXPECT_EQ(options.header("allow"), "GET, HEAD, POST, OPTIONS");
}

TEST_F(HttpServerTest, ConnectionIsKeptForFurtherRequests) {
  running_.start();
  RawClient client(running_.port());
  for (int i = 0; i < 3; ++i) {
    const auto reply = call(client, {.path = "/healthz"});
    ASSERT_TRUE(reply) << i;
    EXPECT_EQ(reply->status, 200u);
  }
}

TEST_F(HttpServerTest, RequestsThatAreNoneGet400AndHurtNobody) {
  running_.start();
  RawClient bystander(running_.port());
  ASSERT_TRUE(call(bystander, {.path = "/healthz"}));
  const std::string too_large = "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(200'000, 'x');
  for (const std::string& bytes :
       {std::string("nonsense\r\n\r\n"), std::string("GET / HTTP/1.1\r\n\r\n"),
        std::string("GET  HTTP/1.1\r\nHost: x\r\n\r\n"), std::string("\x16\x03\x01\x02\x00\x01", 6),
        std::string("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), too_large,
        std::string("POST /api/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n")}) {
    RawClient client(running_.port());
    client.send(bytes);
    run_for(std::chrono::milliseconds(20));
    client.poll();
    if (!client.received().empty()) {
      EXPECT_THAT(client.received(), testing::ContainsRegex("^HTTP/1.[01] 4[0-9][0-9] "));
    }
    EXPECT_EQ(client.received().find("200 OK"), std::string::npos);
  }
  EXPECT_EQ(call(bystander, {.path = "/healthz"})->status, 200u);
}

TEST_F(HttpServerTest, PagesFromElsewhereMakeRoomsAndReadNoneUnlessNamed) {
  running_.start();
  const auto allowed = [&](const char* method, const char* asks) {
    return running_
        .call({.method = method,
               .path = "/api/rooms",
               .headers = {{"Origin", "https://app.example"},
                           {"Access-Control-Request-Method", asks}}})
        .header("access-control-allow-origin");
  };
  EXPECT_EQ(allowed("OPTIONS", "POST"), "https://app.example");
  EXPECT_EQ(allowed("POST", ""), "https://app.example");
  EXPECT_EQ(allowed("OPTIONS", "GET"), "");
  EXPECT_EQ(allowed("GET", ""), "");
}

TEST_F(HttpServerTest, AllowedOriginsGetCorsAndOthersDoNot) {
  running_.options.allow_origins = {"https://app.example"};
  running_.start();
  const auto asked = [&](const char* method, const char* origin) {
    return running_.call({.method = method, .path = "/api/rooms", .headers = {{"Origin", origin}}});
  };
  const auto preflight = asked("OPTIONS", "https://app.example");
  EXPECT_EQ(preflight.status, 204u);
  EXPECT_EQ(preflight.header("access-control-allow-origin"), "https://app.example");
  EXPECT_THAT(preflight.header("access-control-allow-headers"), HasSubstr("Authorization"));
  EXPECT_EQ(asked("GET", "https://app.example").header("access-control-allow-origin"),
            "https://app.example");
  EXPECT_EQ(asked("GET", "https://evil.example").header("access-control-allow-origin"), "");
}

TEST_F(HttpServerTest, UrlIsWhereItListens) {
  running_.start();
  EXPECT_EQ(running_.server().url(), "http://127.0.0.1:" + std::to_string(running_.port()) + "/");
}

TEST_F(HttpServerTest, LocalhostIsBothLoopbacks) {
  running_.options.host = "localhost";
  running_.start();
  for (const bool v6 : {false, true}) {
    RawClient client(running_.port(), v6);
    if (v6 && !client.connected()) GTEST_SKIP() << "no IPv6 here";
    EXPECT_EQ(call(client, {.path = "/healthz"})->status, 200u);
  }
}

TEST_F(HttpServerTest, StopEndsConnectionsAndListening) {
  auto& server = running_.start();
  const auto port = running_.port();
  RawClient client(port);
  ASSERT_TRUE(call(client, {.path = "/healthz"}));
  server.stop();
  server.stop();
  EXPECT_TRUE(client.wait_for_close());
  EXPECT_FALSE(RawClient(port).connected());
}

TEST_F(HttpServerTest, WhatCannotStartSaysWhyAndHowToMendIt) {
  running_.start();
  const auto attempt = [&](auto change) {
    Options options = running_.options;
    change(options);
    const auto server = HttpServer::start(options, running_.backend);
    if (server) return std::string("started");
    EXPECT_EQ(server.error().message.find('\n'), std::string::npos);
    EXPECT_GT(server.error().message.size(), 20u);
    return server.error().code;
  };
  EXPECT_EQ(attempt([&](auto& o) { o.port = running_.port(); }), "address_in_use");
  EXPECT_EQ(attempt([](auto& o) { o.host = "192.0.2.1"; }), "address_not_available");
  EXPECT_EQ(attempt([](auto& o) { o.host = "example.org"; }), "bad_listen_address");
  EXPECT_EQ(attempt([](auto& o) { o.web_dir = "/nowhere"; }), "bad_web_directory");
  EXPECT_EQ(attempt([](auto& o) { o.tls_cert = "/nowhere"; }), "tls_options");
  EXPECT_EQ(attempt([](auto& o) { o.tls_cert = o.tls_key = "/nowhere"; }), "bad_tls_certificate");
  EXPECT_EQ(attempt([](auto& o) {
              o.tls_cert = o.tls_key = "/nowhere";
              o.tls_self_signed = true;
            }),
            "tls_options");
  EXPECT_EQ(attempt([](auto& o) { o.allow_origins = {"no origin"}; }), "invalid_origin");
}

}  // namespace
}  // namespace parley::signaling::http
