// The native protocol's sessions, from the handshake to the end, over TCP.
#include "signaling/http/ws_session.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/main_context.hpp"
#include "support/running_server.hpp"

namespace parley::signaling::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr unsigned kText = 1;
constexpr unsigned kClose = 8;

class WsSessionTest : public testing::Test {
 protected:
  void open() {
    running_.start();
    client_ = running_.open_websocket();
    run_until([this] { return running_.backend.clients.size() == 1; });
  }
  void say(std::string_view text) { client_->send(client_frame(kText, text)); }
  /// The next text message; pings are skipped.
  std::string hear() {
    for (;;) {
      const auto frame = read_frame(*client_);
      if (!frame) return "(connection ended)";
      if (frame->opcode == kText) return frame->payload;
      if (frame->opcode == kClose) return "(close)";
    }
  }
  bool wait_for_end() {
    return run_until([this] { return !running_.backend.gone.empty(); });
  }
  HttpReply handshake(std::vector<std::pair<std::string, std::string>> changes,
                      const char* method = "GET") {
    auto headers = handshake_headers();
    for (const auto& change : changes) {
      std::erase_if(headers, [&](const auto& header) { return header.first == change.first; });
      if (!change.second.empty()) headers.push_back(change);
    }
    return running_.call({.method = method, .path = "/ws", .headers = headers});
  }
  std::shared_ptr<Client> seen_by_backend() { return running_.backend.client(1); }

  RunningServer running_;
  std::unique_ptr<RawClient> client_;
};

// --- handshake ----------------------------------------------------------------------------------

TEST_F(WsSessionTest, HandshakeAgreesOnTheSubprotocolAndOnNoExtension) {
  running_.start();
  const auto reply =
      handshake({{"Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"}});
  EXPECT_EQ(reply.status, 101u);
  EXPECT_EQ(reply.header("sec-websocket-protocol"), "parley.v1");
  EXPECT_EQ(reply.header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(reply.header("sec-websocket-extensions"), "");
  EXPECT_EQ(handshake({{"Sec-WebSocket-Protocol", "other, parley.v1"}}).status, 101u);
}

TEST_F(WsSessionTest, HandshakeThatIsNoneSaysWhatIsMissing) {
  running_.start();
  const auto no_protocol = handshake({{"Sec-WebSocket-Protocol", ""}});
  EXPECT_EQ(no_protocol.status, 400u);
  EXPECT_THAT(no_protocol.body, HasSubstr("parley.v1"));
  EXPECT_EQ(handshake({{"Sec-WebSocket-Protocol", "parley.v2"}}).status, 400u);
  EXPECT_EQ(handshake({{"Sec-WebSocket-Version", "8"}}).status, 400u);
  EXPECT_EQ(handshake({{"Sec-WebSocket-Version", "8"}}).header("sec-websocket-version"), "13");
  EXPECT_EQ(handshake({{"Sec-WebSocket-Key", "short"}}).status, 400u);
  EXPECT_EQ(handshake({{"Sec-WebSocket-Key", ""}}).status, 400u);
  const auto plain = running_.get("/ws");
  EXPECT_EQ(plain.status, 426u);
  EXPECT_EQ(plain.header("upgrade"), "websocket");
  EXPECT_EQ(handshake({}, "POST").status, 405u);
  EXPECT_THAT(running_.backend.clients, IsEmpty());
}

TEST_F(WsSessionTest, ARefusedHandshakeEndsItsConnection) {
  running_.start();
  RawClient client(running_.port());
  std::string request = "GET /ws HTTP/1.1\r\nHost: localhost\r\n";
  for (const auto& [name, value] : handshake_headers())
    if (name != "Sec-WebSocket-Protocol") request += name + ": " + value + "\r\n";
  client.send(request + "\r\n");
  const auto refused = read_reply(client, false);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 400u);
  EXPECT_TRUE(client.wait_for_close());
}

TEST_F(WsSessionTest, OnlyPagesOfThisServerAndAllowedOnesConnect) {
  running_.options.allow_origins = {"https://app.example"};
  running_.start();
  const std::string here = "localhost:" + std::to_string(running_.port());
  struct Case {
    std::string origin;
    unsigned status;
  };
  const Case cases[] = {
      {"", 101},
      {"http://" + here, 101},
      {"https://app.example", 101},
      {"http://app.example", 403},
      {"https://evil.example", 403},
      {"null", 403},
      {"http://localhost:1", 403},
  };
  for (const Case& c : cases)
    EXPECT_EQ(handshake({{"Host", here}, {"Origin", c.origin}}).status, c.status) << c.origin;
  EXPECT_EQ(handshake({{"Host", "evil.example"}, {"Origin", "http://evil.example"}}).status, 421u);
}

TEST_F(WsSessionTest, SessionsBeyondTheLimitAreTurnedAwayUntilOthersEnd) {
  running_.options.sessions.per_address = 2;
  running_.start();
  const auto one = running_.open_websocket();
  auto two = running_.open_websocket();
  const auto refused = handshake({});
  EXPECT_EQ(refused.status, 503u);
  EXPECT_THAT(refused.body, HasSubstr("too_many_sessions"));
  EXPECT_EQ(refused.header("retry-after"), "10");
  two->close();
  ASSERT_TRUE(run_until([this] { return running_.server().sessions() == 1; }));
  EXPECT_EQ(handshake({}).status, 101u);
}

TEST_F(WsSessionTest, AllSessionsTogetherHaveALimitToo) {
  running_.options.sessions.total = 1;
  running_.start();
  const auto one = running_.open_websocket();
  EXPECT_EQ(handshake({}).status, 503u);
}

// --- requests -----------------------------------------------------------------------------------

TEST_F(WsSessionTest, RequestReachesTheBackendAndItsReplyRepeatsTheId) {
  open();
  say(R"({"id":7,"type":"chat","text":"hello"})");
  EXPECT_EQ(hear(), R"({"id":7,"type":"ok"})");
  say(R"({"id":"seven","type":"leave"})");
  EXPECT_EQ(hear(), R"({"id":"seven","type":"ok"})");
  ASSERT_THAT(running_.backend.asked, SizeIs(2));
  EXPECT_EQ(std::get<ChatRequest>(running_.backend.asked[0].what).text, "hello");
  EXPECT_TRUE(std::holds_alternative<LeaveRequest>(running_.backend.asked[1].what));
}

TEST_F(WsSessionTest, RepliesMayComeLaterAndInAnyOrder) {
  running_.backend.answer_at_once = false;
  open();
  say(R"({"id":"a","type":"chat","text":"1"})");
  say(R"({"id":"b","type":"chat","text":"2"})");
  ASSERT_TRUE(run_until([this] { return running_.backend.asked.size() == 2; }));
  const auto& asked = running_.backend.asked;
  seen_by_backend()->answer(asked[1].request, Error{"forbidden", "Not you"});
  seen_by_backend()->answer(asked[0].request, rooms::Reply(rooms::reply::Posted{"m1"}));
  EXPECT_EQ(hear(),
            R"({"id":"b","type":"error","error":{"code":"forbidden","message":"Not you"}})");
  EXPECT_EQ(hear(), R"({"id":"a","type":"ok","message":"m1"})");
}

TEST_F(WsSessionTest, OfferOfTheClientIsAnsweredUnderItsRequest) {
  running_.backend.answer_at_once = false;
  open();
  say(R"({"id":3,"type":"offer","sdp":"v=0"})");
  ASSERT_TRUE(run_until([this] { return !running_.backend.asked.empty(); }));
  seen_by_backend()->description_answer(
      running_.backend.asked[0].request,
      {.sdp = "v=0 answer", .version = 0, .slots = {}, .publications = {}});
  EXPECT_THAT(hear(), StartsWith(R"({"id":3,"type":"ok","answer":{"sdp":"v=0 answer")"));
}

TEST_F(WsSessionTest, JoinedFollowsTheReplyToAJoin) {
  running_.backend.answer_at_once = false;
  open();
  say(R"({"id":1,"type":"join","room":"lab","name":"Ann"})");
  ASSERT_TRUE(run_until([this] { return !running_.backend.asked.empty(); }));
  rooms::reply::Joined joined;
  joined.room = RoomId("lab");
  joined.participant = ParticipantId("p1");
  joined.host = true;
  seen_by_backend()->answer(running_.backend.asked[0].request, rooms::Reply(joined));
  const std::string reply = hear();
  EXPECT_THAT(reply, StartsWith(R"({"id":1,"type":"ok","room":"lab","participant":"p1")"));
  EXPECT_THAT(reply, HasSubstr(R"("keepaliveSeconds":5)"));
  EXPECT_EQ(hear(), R"({"type":"joined","room":"lab","participant":"p1","host":true})");
}

TEST_F(WsSessionTest, EventsOffersAndSlotsGoOutAsTheyCome) {
  open();
  seen_by_backend()->event(rooms::event::HostChanged{ParticipantId("p1")});
  seen_by_backend()->offer({.sdp = "v=0", .version = 4, .slots = {}, .publications = {}});
  seen_by_backend()->slots({{"s0", ParticipantId("p1"), TrackId("t1")}});
  EXPECT_EQ(hear(), R"({"type":"host-changed","participant":"p1"})");
  const std::string offer = hear();
  EXPECT_THAT(offer, StartsWith(R"({"type":"offer")"));
  EXPECT_THAT(offer, HasSubstr(R"("version":4)"));
  EXPECT_EQ(hear(), R"({"type":"slots","slots":[{"mid":"s0","participant":"p1","track":"t1"}]})");
}

TEST_F(WsSessionTest, PingIsAnsweredWithTheTimeWithoutTheBackend) {
  open();
  say(R"({"id":1,"type":"ping"})");
  EXPECT_THAT(hear(), testing::MatchesRegex(R"(\{"id":1,"type":"ok","time":1[0-9]{12}\})"));
  EXPECT_THAT(running_.backend.asked, IsEmpty());
}

// --- bad input ----------------------------------------------------------------------------------

TEST_F(WsSessionTest, BadMessagesAreAnsweredAndTheSessionGoesOn) {
  open();
  say("nonsense");
  EXPECT_THAT(hear(), StartsWith(R"({"type":"error","error":{"code":"bad_request")"));
  say(R"({"id":1,"type":"dance"})");
  EXPECT_THAT(hear(), StartsWith(R"({"id":1,"type":"error","error":{"code":"unknown_type")"));
  say(R"({"id":2,"type":"chat"})");
  EXPECT_THAT(hear(), HasSubstr("missing_field"));
  say(R"({"id":3,"type":"chat","text":7})");
  EXPECT_THAT(hear(), HasSubstr("invalid_field"));
  say(std::string(200'000, '['));
  EXPECT_THAT(hear(), HasSubstr("bad_request"));
  say(R"({"id":4,"type":"chat","text":"still here","unknown":[{}]})");
  EXPECT_EQ(hear(), R"({"id":4,"type":"ok"})");
}

TEST_F(WsSessionTest, ClientThatSendsOnlyGarbageIsClosed) {
  running_.options.sessions.malformed = 5;
  open();
  for (int i = 0; i < 4; ++i) say("garbage");
  say(R"({"id":1,"type":"ping"})");
  for (int i = 0; i < 5; ++i) say("garbage");
  EXPECT_EQ(read_close(*client_), 1008u);
  client_->close();
  ASSERT_TRUE(wait_for_end());
  EXPECT_FALSE(running_.backend.gone[0].clean);
}

TEST_F(WsSessionTest, RequestsBeyondTheRateAreRefusedAndThenEndTheSession) {
  running_.options.sessions.requests_per_second = 0.001;
  running_.options.sessions.requests_burst = 3;
  running_.options.sessions.refused = 2;
  open();
  for (int i = 0; i < 10; ++i) say(R"({"id":1,"type":"ping"})");
  for (int i = 0; i < 3; ++i) EXPECT_THAT(hear(), HasSubstr("\"ok\""));
  for (int i = 0; i < 2; ++i) EXPECT_THAT(hear(), HasSubstr("too_many_requests"));
  EXPECT_EQ(read_close(*client_), 1008u);
}

TEST_F(WsSessionTest, RequestsThatPileUpUnansweredAreRefused) {
  running_.backend.answer_at_once = false;
  running_.options.sessions.pending = 2;
  open();
  for (int i = 0; i < 3; ++i) say(R"({"id":1,"type":"chat","text":"x"})");
  EXPECT_THAT(hear(), HasSubstr("too_many_requests"));
  EXPECT_THAT(running_.backend.asked, SizeIs(2));
  seen_by_backend()->answer(running_.backend.asked[0].request, rooms::Reply(rooms::reply::Done{}));
  EXPECT_THAT(hear(), HasSubstr("\"ok\""));
  say(R"({"id":1,"type":"chat","text":"x"})");
  EXPECT_TRUE(run_until([this] { return running_.backend.asked.size() == 3; }));
}

TEST_F(WsSessionTest, BinaryAndOversizedMessagesCloseTheirSessionOnly) {
  open();
  const auto bystander = running_.open_websocket();
  client_->send(client_frame(2, "\x01"));
  EXPECT_EQ(read_close(*client_), 1003u);
  client_ = running_.open_websocket();
  client_->send(client_frame_head(kText, 10'000'000));
  EXPECT_TRUE(client_->send(std::string(10'000'000, 'x')));
  EXPECT_EQ(read_close(*client_), 1009u);
  bystander->send(client_frame(kText, R"({"id":1,"type":"chat","text":"x"})"));
  EXPECT_EQ(read_frame(*bystander)->payload, R"({"id":1,"type":"ok"})");
}

TEST_F(WsSessionTest, ClientThatNeverReadsIsDroppedAndOthersAreServed) {
  running_.options.sessions.socket.unsent = 256 * 1024;
  open();
  const auto bystander = running_.open_websocket();
  ASSERT_TRUE(run_until([this] { return running_.backend.clients.size() == 2; }));
  rooms::event::ChatPosted chat;
  chat.message.text = std::string(4000, 'x');
  for (int i = 0; i < 20'000 && running_.backend.gone.empty(); ++i) {
    if (const auto slow = seen_by_backend()) slow->event(chat);
    g_main_context_iteration(nullptr, FALSE);
  }
  ASSERT_TRUE(wait_for_end());
  EXPECT_EQ(running_.backend.gone[0].client, 1u);
  EXPECT_FALSE(running_.backend.gone[0].clean);
  bystander->send(client_frame(kText, R"({"id":1,"type":"chat","text":"x"})"));
  EXPECT_EQ(read_frame(*bystander)->payload, R"({"id":1,"type":"ok"})");
}

// --- the end ------------------------------------------------------------------------------------

TEST_F(WsSessionTest, GoodbyeIsToldFromALostConnection) {
  struct Case {
    const char* what;
    std::string last_words;
    bool clean;
  };
  const Case cases[] = {
      {"1000", client_frame(kClose, close_payload(1000)), true},
      {"1001", client_frame(kClose, close_payload(1001)), true},
      {"4000", client_frame(kClose, close_payload(4000)), false},
      {"no code", client_frame(kClose, ""), false},
      {"nothing", "", false},
      {"half a frame", client_frame_head(kText, 100), false},
  };
  running_.start();
  for (const Case& c : cases) {
    running_.backend.gone.clear();
    client_ = running_.open_websocket();
    client_->send(c.last_words);
    client_->close();
    ASSERT_TRUE(wait_for_end()) << c.what;
    EXPECT_EQ(running_.backend.gone[0].clean, c.clean) << c.what;
    run_for(milliseconds(10));
    EXPECT_THAT(running_.backend.gone, SizeIs(1)) << c.what << " is told once";
  }
  EXPECT_EQ(running_.server().sessions(), 0u);
}

TEST_F(WsSessionTest, BackendClosesWithItsLastWordsSaid) {
  open();
  seen_by_backend()->event(rooms::event::RoomClosed{"closed"});
  seen_by_backend()->close("room closed");
  EXPECT_THAT(hear(), HasSubstr("room-closed"));
  const auto close = read_frame(*client_);
  EXPECT_EQ(close->payload, close_payload(1000, "room closed"));
  EXPECT_THAT(running_.backend.gone, IsEmpty()) << "not from within the call";
  client_->send(client_frame(kClose, close_payload(1000)));
  ASSERT_TRUE(wait_for_end());
  EXPECT_TRUE(running_.backend.gone[0].clean);
}

TEST_F(WsSessionTest, CallsOnABrokenConnectionAreSwallowed) {
  open();
  const auto held = seen_by_backend();
  client_->close();
  for (int i = 0; i < 100; ++i) held->event(rooms::event::RoomClosed{std::string(10'000, 'x')});
  held->close("bye");
  EXPECT_THAT(running_.backend.gone, IsEmpty()) << "reported from within a call";
  ASSERT_TRUE(wait_for_end());
  held->event(rooms::event::RoomClosed{"nobody hears this"});
  held->answer(99, rooms::Reply(rooms::reply::Done{}));
  held->close("nor this");
}

TEST_F(WsSessionTest, ClientThatDoesNotJoinIsClosed) {
  running_.options.sessions.join = milliseconds(50);
  open();
  say(R"({"id":1,"type":"ping"})");
  hear();
  EXPECT_EQ(read_close(*client_), 1008u);
}

TEST_F(WsSessionTest, ClientThatJoinedStays) {
  running_.options.sessions.join = milliseconds(50);
  running_.backend.answer_at_once = false;
  open();
  say(R"({"id":1,"type":"join","room":"lab","name":"Ann"})");
  ASSERT_TRUE(run_until([this] { return !running_.backend.asked.empty(); }));
  seen_by_backend()->answer(running_.backend.asked[0].request,
                            rooms::Reply(rooms::reply::Joined{}));
  run_for(milliseconds(150));
  EXPECT_EQ(running_.server().sessions(), 1u);
}

TEST_F(WsSessionTest, HalfOpenConnectionIsNoticedAndIsNoGoodbye) {
  running_.options.sessions.socket.ping_interval = milliseconds(30);
  running_.options.sessions.socket.silence = milliseconds(100);
  open();
  ASSERT_TRUE(wait_for_end());
  EXPECT_FALSE(running_.backend.gone[0].clean);
}

TEST_F(WsSessionTest, StoppingSaysGoodbyeToAll) {
  open();
  const auto other = running_.open_websocket();
  running_.server().stop();
  for (RawClient* each : {client_.get(), other.get()}) {
    EXPECT_EQ(read_close(*each), 1001u);
    each->send(client_frame(kClose, close_payload(1001)));
  }
  ASSERT_TRUE(run_until([this] { return running_.server().sessions() == 0; }));
  ASSERT_THAT(running_.backend.gone, SizeIs(2));
  EXPECT_TRUE(running_.backend.gone[0].clean);
}

TEST_F(WsSessionTest, ServerMayEndWithSessionsOpen) {
  open();
  running_.stop();
  run_for(milliseconds(20));
  EXPECT_TRUE(client_->wait_for_close());
  EXPECT_THAT(running_.backend.gone, IsEmpty());
  EXPECT_EQ(seen_by_backend(), nullptr);
}

TEST_F(WsSessionTest, ManyComeAndGoAndNothingStays) {
  running_.start();
  for (int round = 0; round < 5; ++round) {
    std::vector<std::unique_ptr<RawClient>> crowd;
    for (int i = 0; i < 40; ++i) crowd.push_back(running_.open_websocket());
    for (const auto& each : crowd)
      each->send(client_frame(kText, R"({"id":1,"type":"chat","text":"x"})"));
    for (const auto& each : crowd) EXPECT_EQ(read_frame(*each)->payload, R"({"id":1,"type":"ok"})");
  }
  EXPECT_TRUE(run_until([this] { return running_.server().sessions() == 0; }));
  EXPECT_THAT(running_.backend.gone, SizeIs(200));
}

}  // namespace
}  // namespace parley::signaling::http
