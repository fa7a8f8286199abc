#include "signaling/socketio/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_link.hpp"

namespace parley::signaling::socketio {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class SocketServerTest : public testing::Test {
 protected:
  std::unique_ptr<FakeLink> open(Version version = Version::V4) {
    return std::make_unique<FakeLink>(server().accept(), version);
  }
  /// A client in "/", whose greeting was taken.
  std::unique_ptr<FakeLink> joined() {
    auto link = open();
    link->receive("0");
    link->sent();
    return link;
  }
  Server& server() {
    if (server_) return *server_;
    server_.emplace(settings_, timers_);
    for (const char* name : {"/", "/custom"})
      server_->of(name).on_connection([this](Socket& socket) {
        sockets_.push_back(socket.shared_from_this());
        socket.on_disconnect([this, id = socket.id()](std::string_view reason) {
          left_.emplace_back(reason);
          EXPECT_EQ(server_->of("/").find(id), nullptr);
        });
      });
    return *server_;
  }
  Socket& last() { return *sockets_.back(); }
  void wait(milliseconds time) {
    now_ += time;
    timers_.run();
  }

  Time now_{};
  Timers timers_{[this] { return now_; }};
  SocketSettings settings_{.connect_timeout = milliseconds(1000)};
  std::optional<Server> server_;
  std::vector<std::shared_ptr<Socket>> sockets_;
  std::vector<std::string> left_;
};

// --- Connecting
// -----------------------------------------------------------------------------------

TEST_F(SocketServerTest, AClientJoinsNamespacesWithItsAuth) {
  const auto link = open();
  EXPECT_THAT(link->sent(), IsEmpty());
  link->receive(R"(0{"token":"123"})");
  EXPECT_EQ(last().auth().text("token"), "123");
  EXPECT_THAT(link->sent(), ElementsAre(R"(0{"sid":")" + last().id() + R"("})"));
  EXPECT_NE(last().id(), link->handshake().sid);
  link->receive("0/custom,");
  EXPECT_EQ(to_json(last().auth()), "{}");
  EXPECT_THAT(link->sent(), ElementsAre(R"(0/custom,{"sid":")" + last().id() + R"("})"));
  EXPECT_NE(sockets_[0]->id(), sockets_[1]->id());
}

TEST_F(SocketServerTest, AnUnknownNamespaceIsRefused) {
  const auto link = open();
  link->receive("0/random");
  EXPECT_THAT(link->sent(), ElementsAre(R"(4/random,{"message":"Invalid namespace"})"));
  link->receive("0");
  EXPECT_EQ(sockets_.size(), 1U);
}

TEST_F(SocketServerTest, AGuardTurnsClientsAwayWithItsReason) {
  server().of("/").guard([](const Socket& socket) -> Status {
    if (socket.auth().text("token") == "good") return Nothing{};
    return Error{"bad_token", "The token is not good"};
  });
  const auto link = open();
  link->receive(R"(0{"token":"bad"})");
  EXPECT_THAT(link->sent(),
              ElementsAre(R"(4{"message":"The token is not good","data":{"code":"bad_token"}})"));
  link->receive(R"(0{"token":"good"})");
  EXPECT_EQ(sockets_.size(), 1U);
}

TEST_F(SocketServerTest, WhoJoinsNothingInTimeIsClosed) {
  const auto idle = open();
  const auto busy = joined();
  wait(milliseconds(999));
  EXPECT_EQ(idle->closed(), "");
  wait(milliseconds(1));
  EXPECT_EQ(idle->closed(), "forced close");
  EXPECT_EQ(busy->closed(), "");
}

TEST_F(SocketServerTest, TooManyRefusalsCloseTheSession) {
  settings_.refusals = 3;
  const auto link = joined();
  for (int i = 0; i < 2; ++i) link->receive("0/x" + std::to_string(i));
  EXPECT_EQ(link->closed(), "");
  link->receive("0/y");
  EXPECT_EQ(link->closed(), "forced close");
}

TEST_F(SocketServerTest, NamespacesOfOneSessionAreCounted) {
  settings_.namespaces = 1;
  const auto link = joined();
  link->receive("0/custom");
  EXPECT_THAT(link->sent(), ElementsAre(R"(4/custom,{"message":"Too many namespaces"})"));
}

TEST_F(SocketServerTest, BreachesOfTheProtocolCloseTheSession) {
  for (const char* breach :
       {"abc", "2{}", "2abc[\"e\"]", "0", "2/custom,[\"e\"]", "1/custom", "4{\"message\":\"x\"}",
        "51-[\"e\",{\"_placeholder\":true,\"num\":3}]"}) {
    const auto link = joined();
    link->receive(breach);
    if (std::string_view(breach).starts_with('5')) link->receive_binary("x");
    EXPECT_EQ(link->closed(), "parse error") << breach;
    EXPECT_FALSE(last().connected());
  }
}

// --- Clients 2.x
// ----------------------------------------------------------------------------------

TEST_F(SocketServerTest, Clients2AreInTheDefaultNamespaceAtOnce) {
  const auto link = open(Version::V3);
  EXPECT_THAT(link->sent(), ElementsAre("0"));
  EXPECT_EQ(last().id(), link->handshake().sid);
  link->receive("0/custom?token=a%20b,");
  EXPECT_THAT(link->sent(), ElementsAre("0/custom,"));
  EXPECT_EQ(last().id(), "/custom#" + link->handshake().sid);
  EXPECT_EQ(last().auth().text("token"), "a b");
  link->receive("0/random");
  EXPECT_THAT(link->sent(), ElementsAre(R"(4/random,"Invalid namespace")"));
}

// --- Events
// ---------------------------------------------------------------------------------------

TEST_F(SocketServerTest, EventsReachTheirHandler) {
  const auto link = joined();
  std::string seen;
  last().on("say", [&](const Args& args, const Ack& ack) {
    seen += to_json(Array(args)) + (ack ? "?" : "");
  });
  last().on_any([&](const std::string& event, const Args&, const Ack&) { seen += event + ":"; });
  link->receive(R"(2["say",1,{"a":[]}])");
  link->receive(R"(2["other"])");
  link->receive("2[7]");
  link->receive(R"(25["say"])");
  EXPECT_EQ(seen, R"(say:[1,{"a":[]}]other:7:say:[]?)");
}

TEST_F(SocketServerTest, AnAckIsAnsweredOnceAndEvenLater) {
  const auto link = joined();
  std::vector<Ack> acks;
  last().on("ask", [&](const Args&, const Ack& ack) { acks.push_back(ack); });
  link->receive(R"(2456["ask"])");
  link->receive(R"(2["ask"])");
  acks[0]({1, "2"});
  acks[0]({3});
  acks[1]({4});
  EXPECT_THAT(link->sent(), ElementsAre(R"(3456[1,"2"])"));
  link->receive(R"(27["ask"])");
  link->end();
  acks[2]({5});
  EXPECT_THAT(link->sent(), IsEmpty());
}

TEST_F(SocketServerTest, SeveralApplicationsShareANamespace) {
  std::vector<std::string> log;
  for (const char* name : {"one", "two"})
    server().of("/").on_connection([&log, name](Socket& socket) {
      log.push_back(std::string(name) + " met");
      socket.on(name, [&log, name](const Args&, const Ack&) { log.emplace_back(name); });
      socket.on_disconnect(
          [&log, name](std::string_view) { log.push_back(std::string(name) + " lost"); });
    });
  {
    const auto link = joined();
    link->receive(R"(2["two"])");
    link->receive(R"(2["one"])");
  }
  EXPECT_THAT(log, ElementsAre("one met", "two met", "two", "one", "one lost", "two lost"));
  EXPECT_EQ(left_.size(), 1U);
}

TEST_F(SocketServerTest, BinaryGoesBothWays) {
  const auto link = joined();
  last().on("echo", [&](const Args& args, const Ack& ack) { ack(args); });
  link->receive(R"(51-9["echo",{"_placeholder":true,"num":0}])");
  EXPECT_THAT(link->sent(), IsEmpty());
  link->receive_binary("\1\2");
  EXPECT_THAT(link->sent(), ElementsAre(R"(61-9[{"_placeholder":true,"num":0}])", "\1\2"));
}

TEST_F(SocketServerTest, TheServerAsksAndIsAnswered) {
  const auto link = joined();
  std::vector<std::string> answers;
  const auto note = [&](const Result<Args>& answer) {
    answers.push_back(answer ? to_json(Array(*answer)) : answer.error().code);
  };
  last().emit("ask", {1}, milliseconds(100), note);
  last().emit("ask", {2}, milliseconds(100), note);
  last().emit("ask", {3}, milliseconds(500), note);
  EXPECT_THAT(link->sent(), ElementsAre(R"(20["ask",1])", R"(21["ask",2])", R"(22["ask",3])"));
  link->receive(R"(31["two"])");
  link->receive(R"(31["again"])");
  link->receive(R"(399["never asked"])");
  EXPECT_THAT(answers, ElementsAre(R"(["two"])"));
  wait(milliseconds(100));
  link->end();
  EXPECT_THAT(answers, ElementsAre(R"(["two"])", "ack_timeout", "disconnected"));
  sockets_[0]->emit("ask", {}, milliseconds(100), note);
  EXPECT_EQ(answers.size(), 3U);
  wait(milliseconds(0));
  EXPECT_EQ(answers.back(), "disconnected");
}

TEST_F(SocketServerTest, QuestionsToOneClientAreCounted) {
  settings_.pending_acks = 1;
  const auto link = joined();
  std::string code;
  last().emit("ask", {}, milliseconds(100), {});
  last().emit("ask", {}, milliseconds(100),
              [&](const Result<Args>& answer) { code = answer.error().code; });
  wait(milliseconds(0));
  EXPECT_EQ(code, "too_many_acks");
}

TEST_F(SocketServerTest, HandlersMayReplaceThemselvesAndDisconnect) {
  const auto link = joined();
  Socket& socket = last();
  socket.on("a", [&](const Args&, const Ack&) {
    socket.on("a", [&](const Args&, const Ack&) { socket.disconnect(); });
  });
  link->receive(R"(2["a"])");
  link->receive(R"(2["a"])");
  EXPECT_FALSE(socket.connected());
  EXPECT_THAT(left_, ElementsAre("server namespace disconnect"));
  EXPECT_THAT(link->sent(), ElementsAre("1"));
}

// --- Rooms
// ----------------------------------------------------------------------------------------

TEST_F(SocketServerTest, RoomsAndBroadcastsReachWhoTheyShould) {
  std::vector<std::unique_ptr<FakeLink>> links;
  for (int i = 0; i < 4; ++i) links.push_back(joined());
  const auto got = [&] {
    std::string out;
    for (const auto& link : links) out += std::to_string(link->sent().size());
    return out;
  };
  EXPECT_TRUE(sockets_[0]->join("red"));
  EXPECT_TRUE(sockets_[1]->join("red"));
  EXPECT_TRUE(sockets_[1]->join("blue"));
  EXPECT_TRUE(sockets_[2]->join("blue"));
  Namespace& nsp = server().of("/");
  EXPECT_THAT(nsp.members("red"), UnorderedElementsAre(sockets_[0]->id(), sockets_[1]->id()));
  nsp.to("red").emit("e");
  EXPECT_EQ(got(), "1100");
  nsp.to("red").to("blue").emit("e");
  EXPECT_EQ(got(), "1110");
  sockets_[0]->to("red").emit("e");
  EXPECT_EQ(got(), "0100");
  sockets_[3]->to("red").to("blue").except(sockets_[1]->id()).emit("e");
  EXPECT_EQ(got(), "1010");
  sockets_[2]->broadcast().emit("e", {make_bytes("x")});
  EXPECT_EQ(got(), "2202");
  nsp.everybody().emit("e");
  EXPECT_EQ(got(), "1111");
  sockets_[1]->leave("red");
  links[0]->receive("1");
  nsp.to("red").emit("e");
  EXPECT_EQ(got(), "0000");
  EXPECT_THAT(nsp.members("red"), IsEmpty());
  EXPECT_EQ(nsp.size(), 3U);
}

TEST_F(SocketServerTest, RoomsOfOneClientAreCounted) {
  settings_.rooms = 1;
  const auto link = joined();
  EXPECT_TRUE(last().join("a"));
  EXPECT_TRUE(last().join("a"));
  EXPECT_FALSE(last().join("b"));
}

TEST_F(SocketServerTest, NamespacesDoNotHearEachOther) {
  const auto one = joined();
  const auto two = open();
  two->receive("0/custom");
  two->sent();
  server().of("/").everybody().emit("e");
  EXPECT_EQ(one->sent().size(), 1U);
  EXPECT_THAT(two->sent(), IsEmpty());
}

TEST_F(SocketServerTest, ClientsThatGoWhileOthersAreSentToHurtNobody) {
  std::vector<std::unique_ptr<FakeLink>> links;
  for (int i = 0; i < 3; ++i) links.push_back(joined());
  sockets_[0]->on_disconnect([&](std::string_view) {
    server().of("/").everybody().emit("left");
    sockets_[1]->disconnect(true);
  });
  links[0]->end();
  EXPECT_THAT(links[2]->sent(), ElementsAre(R"(2["left"])"));
  EXPECT_EQ(server().of("/").size(), 1U);
}

// --- The end
// --------------------------------------------------------------------------------------

TEST_F(SocketServerTest, EachEndHasItsReason) {
  auto link = joined();
  link->receive("1");
  link = joined();
  last().disconnect();
  link = joined();
  last().disconnect(true);
  EXPECT_EQ(link->closed(), "forced close");
  link = joined();
  link->end(CloseReason::PingTimeout);
  EXPECT_THAT(left_, ElementsAre("client namespace disconnect", "server namespace disconnect",
                                 "forced close", "ping timeout"));
}

TEST_F(SocketServerTest, OneNamespaceIsLeftAndTheOtherStays) {
  const auto link = joined();
  link->receive("0/custom");
  link->receive("1/custom");
  EXPECT_THAT(left_, ElementsAre("client namespace disconnect"));
  EXPECT_TRUE(sockets_[0]->connected());
  EXPECT_FALSE(sockets_[1]->connected());
}

TEST_F(SocketServerTest, ASocketKeptLongerIsHarmless) {
  auto link = joined();
  const auto socket = sockets_.back();
  link.reset();
  socket->emit("e");
  EXPECT_TRUE(socket->join("room"));
  socket->leave("room");
  socket->disconnect();
  EXPECT_THAT(server().of("/").members("room"), IsEmpty());
}

}  // namespace
}  // namespace parley::signaling::socketio
