#include "signaling/peerjs/relay.hpp"

#include <map>
#include <vector>

#include <gmock/gmock.h>

#include "signaling/peerjs/message.hpp"

namespace parley::signaling::peerjs {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RelayTest : public testing::Test {
 protected:
  void connect(Relay::Session session, const std::string& id, const std::string& token = "token") {
    relay_.connect(session, id, token, now_);
  }
  void say(Relay::Session session, const std::string& text) {
    const auto message = decode(text);
    ASSERT_TRUE(message) << message.error().message;
    relay_.receive(session, *message, now_);
  }
  void after(Duration time) {
    now_ += time;
    relay_.tick(now_);
  }
  /// What the session heard since the last call.
  std::vector<std::string> heard(Relay::Session session) {
    return std::exchange(heard_[session], {});
  }

  Time now_{};
  std::map<Relay::Session, std::vector<std::string>> heard_;
  std::vector<Relay::Session> closed_;
  Relay relay_{{[this](Relay::Session to, const std::string& text) { heard_[to].push_back(text); },
                [this](Relay::Session session) { closed_.push_back(session); }},
               {.waiting = 3, .waiting_for = 2}};
};

TEST_F(RelayTest, MessagesReachTheOtherWithTheirTrueSender) {
  connect(1, "ann");
  connect(2, "bob");
  EXPECT_THAT(heard(1), ElementsAre(R"({"type":"OPEN"})"));
  EXPECT_THAT(heard(2), ElementsAre(R"({"type":"OPEN"})"));
  say(1,
      R"({"type":"OFFER","src":"eve","dst":"bob","payload":{"sdp":{"type":"offer","sdp":"v=0\r\n"},"n":1}})");
  EXPECT_THAT(
      heard(2),
      ElementsAre(
          R"({"type":"OFFER","src":"ann","dst":"bob","payload":{"sdp":{"type":"offer","sdp":"v=0\r\n"},"n":1}})"));
  say(2, R"({"type":"LEAVE","dst":"ann"})");
  EXPECT_THAT(heard(1), ElementsAre(R"({"type":"LEAVE","src":"bob","dst":"ann"})"));
}

TEST_F(RelayTest, AnIdUnderAnotherTokenIsTakenAndUnderItsOwnAttachesAgain) {
  connect(1, "ann");
  heard(1);
  connect(2, "ann", "other");
  EXPECT_THAT(heard(2), ElementsAre(R"({"type":"ID-TAKEN","payload":{"msg":"ID is taken"}})"));
  EXPECT_THAT(closed_, ElementsAre(2));
  connect(3, "ann");
  EXPECT_THAT(heard(3), IsEmpty());
  EXPECT_THAT(closed_, ElementsAre(2, 1));
  relay_.closed(1);  // late news of the connection before
  connect(4, "bob");
  say(4, R"({"type":"ANSWER","dst":"ann","payload":{}})");
  EXPECT_THAT(heard(3), ElementsAre(HasSubstr("ANSWER")));
}

TEST_F(RelayTest, WhatWaitedForSomebodyFollowsItsOpen) {
  connect(1, "ann");
  say(1, R"({"type":"OFFER","dst":"bob","payload":{"n":1}})");
  say(1, R"({"type":"CANDIDATE","dst":"bob","payload":{"n":2}})");
  say(1, R"({"type":"LEAVE","dst":"bob"})");
  after(seconds(4));
  connect(2, "bob");
  EXPECT_THAT(heard(2),
              ElementsAre(R"({"type":"OPEN"})", HasSubstr("\"n\":1"), HasSubstr("\"n\":2")));
  heard(1);
  after(seconds(10));
  EXPECT_THAT(heard(1), IsEmpty());
}

TEST_F(RelayTest, WhatWaitsTooLongOrTooMuchIsToldToItsSenderOnce) {
  connect(1, "ann");
  heard(1);
  const std::string expired = R"({"type":"EXPIRE","src":"bob","dst":"ann"})";
  for (int i = 0; i < 3; ++i) say(1, R"({"type":"CANDIDATE","dst":"bob","payload":{}})");
  EXPECT_THAT(heard(1), IsEmpty());
  say(1, R"({"type":"CANDIDATE","dst":"bob","payload":{}})");
  EXPECT_THAT(heard(1), ElementsAre(expired)) << "the queue is full";
  after(seconds(5));
  EXPECT_THAT(heard(1), ElementsAre(expired)) << "one for the pair";
  after(seconds(5));
  EXPECT_THAT(heard(1), IsEmpty());
  for (const char* dst : {"one", "two", "three"})
    say(1, R"({"type":"OFFER","dst":")" + std::string(dst) + R"(","payload":{}})");
  EXPECT_THAT(heard(1), ElementsAre(R"({"type":"EXPIRE","src":"three","dst":"ann"})"));
}

TEST_F(RelayTest, LeavingAndSilenceEndASeat) {
  connect(1, "ann");
  connect(2, "bob");
  say(1, R"({"type":"LEAVE"})");
  EXPECT_THAT(closed_, ElementsAre(1));
  after(seconds(60));
  say(2, R"({"type":"HEARTBEAT"})");
  after(seconds(60));
  EXPECT_THAT(closed_, ElementsAre(1));
  after(seconds(30));
  EXPECT_THAT(closed_, ElementsAre(1, 2));
  heard(3);
  connect(3, "bob", "another token");
  EXPECT_THAT(heard(3), ElementsAre(R"({"type":"OPEN"})"));
}

TEST_F(RelayTest, WhatCannotBeRelayedIsNobodysBusiness) {
  connect(1, "ann");
  connect(2, "bob");
  heard(2);
  say(1, R"({"type":"SHOUT","dst":"bob"})");
  say(1, R"({"type":"OFFER","dst":"bob\"}","payload":{}})");
  say(1, R"({"type":"OFFER"})");
  say(9, R"({"type":"OFFER","dst":"bob","payload":{}})");
  EXPECT_THAT(heard(2), IsEmpty());
  EXPECT_FALSE(decode("[]"));
  EXPECT_FALSE(decode(R"({"dst":"bob"})"));
  EXPECT_FALSE(decode(R"({"type":7})"));
  EXPECT_FALSE(is_peer_id("a\"b"));
  EXPECT_FALSE(is_peer_id(std::string(129, 'a')));
}

}  // namespace
}  // namespace parley::signaling::peerjs
