#include "signaling/http/rest_api.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <json-glib/json-glib.h>

#include "support/glib/ref.hpp"
#include "support/main_context.hpp"
#include "support/running_server.hpp"

namespace parley::signaling::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RestApiTest : public testing::Test {
 protected:
  RestApiTest() { running_.backend.states = {lab()}; }

  HttpReply get(const std::string& path) { return running_.get(path); }
  HttpReply post(const std::string& path, const std::string& body) {
    return running_.call({.method = "POST", .path = path, .body = body});
  }
  HttpReply remove(const std::string& path) {
    return running_.call({.method = "DELETE", .path = path});
  }
  static std::string code(const HttpReply& reply) {
    const auto begin = reply.body.find(R"("code":")");
    if (begin == std::string::npos) return reply.body;
    return reply.body.substr(begin + 8, reply.body.find('"', begin + 8) - begin - 8);
  }

  RunningServer running_;
};

constexpr const char* kLab =
    R"({"id":"lab","lastN":4,"dominantSpeaker":"p-ann","participants":[)"
    R"({"id":"p-ann","name":"Ann \"<b>\"","host":true,"tracks":[)"
    R"({"id":"t-cam","kind":"video","source":"camera","codec":"VP8","muted":true,"layers":[)"
    R"({"rid":"q","ssrc":100,"active":true,"bitrate":150000,"packets":4000,"lost":2,"nacks":5,)"
    R"("keyframeRequests":1,"jitterMs":1.5,"spatialLayers":1,"temporalLayers":3,"subscribers":0},)"
    R"({"rid":"h","ssrc":101,"active":true,"bitrate":500000,"packets":9000,"lost":0,"nacks":0,)"
    R"("keyframeRequests":2,"jitterMs":1.25,"spatialLayers":1,"temporalLayers":3,)"
    R"("subscribers":1}]}],)"
    R"("connection":"connected","bandwidth":{"rttMs":12.5,"loss":0.0},"subscriptions":[]},)"
    R"({"id":"p-bob","name":"Bob","host":false,"tracks":[],)"
    R"("connection":"connecting","bandwidth":{"estimate":700000,"target":500000,"acked":480000,)"
    R"("available":2000000,"rttMs":40.0,"loss":0.0625},"subscriptions":[)"
    R"({"track":"t-cam","publisher":"p-ann","mid":"s0","state":"flowing","preferred":true,)"
    R"("layer":{"rid":"h","spatial":1,"temporal":2},)"
    R"("targetLayer":{"rid":"h","spatial":1,"temporal":2},)"
    R"("bitrate":480000,"packets":5000,"lost":12,"loss":0.0625,"retransmitted":40,"nacks":44,)"
    R"("keyframeRequests":1}]}],)"
    R"("branches":[],"recordings":[]})";

TEST_F(RestApiTest, RoomIsShownWithEverybodyAndEverythingInIt) {
  running_.start();
  const auto reply = get("/api/rooms/lab");
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.header("content-type"), "application/json");
  EXPECT_EQ(reply.header("cache-control"), "no-store");
  EXPECT_EQ(reply.body, kLab);
}

TEST_F(RestApiTest, RoomsAreAnArray) {
  running_.start();
  EXPECT_EQ(get("/api/rooms").body, '[' + std::string(kLab) + ']');
  running_.backend.states.clear();
  EXPECT_EQ(get("/api/rooms").body, "[]");
}

TEST_F(RestApiTest, UnknownRoomsAndParticipantsAreNotFound) {
  running_.start();
  for (const auto& reply :
       {get("/api/rooms/none"), remove("/api/rooms/none"), get("/api/rooms/none/graph"),
        get("/api/rooms/none/graph.svg"), remove("/api/rooms/none/participants/p-ann")}) {
    EXPECT_EQ(reply.status, 404u);
    EXPECT_EQ(code(reply), "room_not_found");
  }
  const auto reply = remove("/api/rooms/lab/participants/none");
  EXPECT_EQ(reply.status, 404u);
  EXPECT_EQ(code(reply), "participant_not_found");
}

TEST_F(RestApiTest, CreatedRoomComesWithItsIdAndAddress) {
  running_.start();
  const auto chosen = post("/api/rooms", R"({"id":"team","hostName":"Ann","unknown":[1,{}]})");
  EXPECT_EQ(chosen.status, 201u);
  EXPECT_EQ(chosen.body, R"({"id":"team","roomId":"team"})");
  EXPECT_EQ(chosen.header("location"), "/api/rooms/team");
  for (const char* body : {"", "{}", R"({"hostName":"Ann"})"}) {
    running_.backend.states.clear();
    const auto made = post("/api/rooms", body);
    EXPECT_EQ(made.status, 201u) << body;
    EXPECT_EQ(made.body, R"({"id":"made-up","roomId":"made-up"})") << body;
  }
}

TEST_F(RestApiTest, CreationFailsWithWhatIsWrong) {
  running_.start();
  struct Case {
    std::string body;
    unsigned status;
    const char* code;
    const char* named;
  };
  const Case cases[] = {
      {"nonsense", 400, "bad_request", ""},
      {"[]", 400, "bad_request", "object"},
      {"\"text\"", 400, "bad_request", "object"},
      {"{\"id\":", 400, "bad_request", ""},
      {"{} {}", 400, "bad_request", ""},
      {"\xff\xfe", 400, "bad_request", ""},
      {std::string(60'000, '['), 400, "bad_request", "nest"},
      {R"({"id":7})", 400, "invalid_field", "id must"},
      {R"({"id":["a"]})", 400, "invalid_field", "id must"},
      {R"({"hostName":false})", 400, "invalid_field", "hostName must"},
      {R"({"id":""})", 400, "invalid_room", "id must"},
      {R"({"id":"a b"})", 400, "invalid_room", "id must"},
      {R"({"id":"metrics"})", 400, "invalid_room", "id must"},
      {R"({"id":"lab"})", 409, "room_exists", ""},
  };
  for (const Case& c : cases) {
    const auto reply = post("/api/rooms", c.body);
    EXPECT_EQ(reply.status, c.status) << c.body.substr(0, 40);
    EXPECT_EQ(code(reply), c.code) << c.body.substr(0, 40);
    EXPECT_THAT(reply.body, HasSubstr(c.named)) << c.body.substr(0, 40);
  }
  EXPECT_EQ(running_.backend.states.size(), 1u);
  running_.backend.refuse_creation = Error{"room_limit", "There are too many rooms"};
  EXPECT_EQ(post("/api/rooms", "{}").status, 503u);
}

TEST_F(RestApiTest, RoomIsCreatedWithItsLastNAndChanged) {
  running_.start();
  const auto patch = [&](const std::string& path, const std::string& body) {
    return running_.call({.method = "PATCH", .path = path, .body = body});
  };
  EXPECT_EQ(post("/api/rooms", R"({"id":"team","lastN":3})").status, 201u);
  EXPECT_THAT(get("/api/rooms/team").body, HasSubstr(R"("lastN":3)"));
  const auto changed = patch("/api/rooms/team", R"({"lastN":0,"unknown":1})");
  EXPECT_EQ(changed.status, 200u);
  EXPECT_EQ(changed.body, get("/api/rooms/team").body);
  EXPECT_THAT(changed.body, HasSubstr(R"("lastN":0)"));
  EXPECT_EQ(patch("/api/rooms/lab", "{}").body, kLab);
  EXPECT_EQ(patch("/api/rooms/none", R"({"lastN":1})").status, 404u);
  for (const char* bad : {R"({"lastN":-1})", R"({"lastN":1001})", R"({"lastN":"2"})",
                          R"({"lastN":null})", R"({"lastN":1.5})"}) {
    const auto refused = patch("/api/rooms/lab", bad);
    EXPECT_EQ(refused.status, 400u) << bad;
    EXPECT_THAT(refused.body, HasSubstr("lastN must")) << bad;
    EXPECT_EQ(post("/api/rooms", bad).status, 400u) << bad;
  }
  EXPECT_EQ(patch("/api/rooms/lab", "[]").status, 400u);
}

TEST_F(RestApiTest, RoomIsClosedAndParticipantRemoved) {
  running_.start();
  const auto removed = remove("/api/rooms/lab/participants/p-bob");
  EXPECT_EQ(removed.status, 204u);
  EXPECT_TRUE(removed.body.empty());
  EXPECT_THAT(running_.backend.removed, ElementsAre(ParticipantId("p-bob")));
  EXPECT_EQ(remove("/api/rooms/lab").status, 204u);
  EXPECT_THAT(running_.backend.closed_rooms, ElementsAre(RoomId("lab")));
  EXPECT_EQ(remove("/api/rooms/lab").status, 404u);
}

TEST_F(RestApiTest, GraphComesAsDotAndDrawn) {
  running_.start();
  for (const char* path : {"/api/rooms/lab/graph", "/api/rooms/lab/graph.dot"}) {
    const auto reply = get(path);
    EXPECT_EQ(reply.status, 200u);
    EXPECT_EQ(reply.header("content-type"), "text/vnd.graphviz; charset=utf-8");
    EXPECT_EQ(reply.body, running_.backend.dot);
  }
  const auto drawn = get("/api/rooms/lab/graph.svg");
  EXPECT_EQ(drawn.status, 200u);
  EXPECT_EQ(drawn.header("content-type"), "image/svg+xml");
  EXPECT_THAT(drawn.body, HasSubstr("<svg"));
  EXPECT_THAT(drawn.body, HasSubstr("microphone"));
}

TEST_F(RestApiTest, WithoutGraphvizDrawingSaysWhatToInstall) {
  running_.options.graphviz.program = "no-such-program";
  running_.start();
  const auto reply = get("/api/rooms/lab/graph.svg");
  EXPECT_EQ(reply.status, 503u);
  EXPECT_EQ(code(reply), "graphviz_missing");
  EXPECT_THAT(reply.body, HasSubstr("install the package graphviz"));
}

TEST_F(RestApiTest, ClientThatLeavesWhileItsGraphIsDrawnHurtsNobody) {
  running_.start();
  for (int i = 0; i < 2; ++i) {
    RawClient client(running_.port());
    client.send("GET /api/rooms/lab/graph.svg HTTP/1.1\r\nHost: localhost\r\n\r\n");
    run_for(std::chrono::milliseconds(5));
  }
  run_for(std::chrono::milliseconds(300));
  EXPECT_EQ(get("/api/rooms/lab/graph.svg").status, 200u);
}

TEST_F(RestApiTest, ServerThatEndsWhileAGraphIsDrawnEndsCleanly) {
  running_.start();
  RawClient client(running_.port());
  client.send("GET /api/rooms/lab/graph.svg HTTP/1.1\r\nHost: localhost\r\n\r\n");
  run_for(std::chrono::milliseconds(5));
  running_.stop();
  run_for(std::chrono::milliseconds(300));
  EXPECT_TRUE(client.wait_for_close());
}

TEST_F(RestApiTest, HealthReadinessAndMetrics) {
  running_.start();
  EXPECT_EQ(get("/healthz").status, 200u);
  EXPECT_EQ(get("/readyz").status, 200u);
  running_.backend.missing = "The element nicesrc is missing: install gstreamer1.0-nice";
  const auto reply = get("/readyz");
  EXPECT_EQ(reply.status, 503u);
  EXPECT_THAT(reply.body, HasSubstr("install gstreamer1.0-nice"));
  EXPECT_EQ(get("/healthz").status, 200u);
  const auto metrics = get("/metrics");
  EXPECT_EQ(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(metrics.body, "parley_rooms 1\n");
}

// --- bodies -------------------------------------------------------------------------------------

TEST_F(RestApiTest, BodyUpToTheLimitIsTakenAndBeyondItRefused) {
  running_.start();
  const auto padded = [](std::size_t size) {
    return R"({"id":"x"})" + std::string(size - 10, ' ');
  };
  EXPECT_EQ(post("/api/rooms", padded(64 * 1024)).status, 201u);
  const auto refused = post("/api/rooms", padded(64 * 1024 + 1));
  EXPECT_EQ(refused.status, 413u);
  EXPECT_EQ(code(refused), "body_too_large");
  EXPECT_EQ(post("/api/rooms", padded(10'000'000)).status, 413u);
  EXPECT_EQ(running_.call({.method = "GET", .path = "/room1", .body = padded(1'000'000)}).status,
            413u);
}

TEST_F(RestApiTest, AnnouncedBodyThatIsTooLargeIsRefusedBeforeItIsSent) {
  running_.start();
  RawClient client(running_.port());
  client.send(
      "POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
      "Content-Length: 10000000000\r\n\r\n");
  EXPECT_EQ(read_reply(client)->status, 413u);
}

TEST_F(RestApiTest, ChunkedBodyThatGrowsTooLargeIsRefused) {
  running_.start();
  RawClient client(running_.port());
  client.send("POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "4000\r\n" + std::string(0x4000, ' ') + "\r\n";
  for (int i = 0; i < 10; ++i) client.send(chunk);
  client.send("0\r\n\r\n");
  EXPECT_EQ(read_reply(client)->status, 413u);
}

TEST_F(RestApiTest, BodyWithoutEndLosesItsConnectionAndNobodyElse) {
  running_.start();
  RawClient client(running_.port());
  client.send("POST /api/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n");
  const std::string megabyte(1 << 20, ' ');
  int sent = 0;
  while (sent < 200 && client.send(megabyte)) ++sent;
  EXPECT_LT(sent, 100);
  EXPECT_EQ(get("/healthz").status, 200u);
}

// --- who may do what ----------------------------------------------------------------------------

struct Attempt {
  const char* method;
  const char* path;
  bool changes;
};
constexpr Attempt kAttempts[] = {
    {"GET", "/healthz", false},        {"GET", "/api/rooms", false},
    {"GET", "/api/rooms/lab", false},  {"GET", "/api/rooms/lab/graph", false},
    {"POST", "/api/rooms", true},      {"DELETE", "/api/rooms/lab/participants/p-bob", true},
    {"PATCH", "/api/rooms/lab", true}, {"DELETE", "/api/rooms/lab", true},
};

TEST_F(RestApiTest, WithTokenWhatChangesSomethingNeedsIt) {
  running_.options.operator_token = "s3cret";
  running_.start();
  for (const Attempt& attempt : kAttempts) {
    for (const char* authorization : {"", "Bearer wrong", "Bearer s3cre", "Basic s3cret"}) {
      const auto reply = running_.call({.method = attempt.method,
                                        .path = attempt.path,
                                        .headers = {{"Authorization", authorization}}});
      EXPECT_EQ(reply.status, attempt.changes ? 401u : 200u) << attempt.path << authorization;
      if (attempt.changes) {
        EXPECT_EQ(reply.header("www-authenticate"), "Bearer");
        EXPECT_EQ(code(reply), "unauthorized");
      }
    }
  }
  EXPECT_THAT(running_.backend.closed_rooms, IsEmpty());
  for (const Attempt& attempt : kAttempts) {
    const auto reply = running_.call({.method = attempt.method,
                                      .path = attempt.path,
                                      .headers = {{"Authorization", "Bearer s3cret"}}});
    EXPECT_EQ(reply.status / 100, 2u) << attempt.path;
  }
}

TEST_F(RestApiTest, WithoutTokenCallersThroughAProxyChangeNothingButMayCreate) {
  running_.start();
  const auto through_proxy = [&](const char* method, const char* path) {
    return running_
        .call({.method = method,
               .path = path,
               .headers = {{"Host", "meet.example"}, {"X-Forwarded-For", "203.0.113.9"}}})
        .status;
  };
  EXPECT_EQ(through_proxy("DELETE", "/api/rooms/lab"), 403u);
  EXPECT_EQ(through_proxy("DELETE", "/api/rooms/lab/participants/p-bob"), 403u);
  EXPECT_EQ(through_proxy("POST", "/api/rooms"), 201u);
  EXPECT_EQ(through_proxy("GET", "/api/rooms/lab"), 200u);
}

TEST_F(RestApiTest, ForeignPagesAndReboundNamesChangeNothing) {
  running_.start();
  const auto from = [&](const char* name, const char* value, const char* host = "localhost") {
    return running_
        .call({.method = "DELETE",
               .path = "/api/rooms/lab",
               .headers = {{"Host", host}, {name, value}}})
        .status;
  };
  EXPECT_EQ(from("Origin", "https://evil.example"), 403u);
  EXPECT_EQ(from("Origin", "null"), 403u);
  EXPECT_EQ(from("Sec-Fetch-Site", "cross-site"), 403u);
  EXPECT_EQ(from("Origin", "http://evil.example", "evil.example"), 421u);
  EXPECT_THAT(running_.backend.closed_rooms, IsEmpty());
  EXPECT_EQ(from("Origin", "http://localhost"), 204u);
}

}  // namespace
}  // namespace parley::signaling::http
