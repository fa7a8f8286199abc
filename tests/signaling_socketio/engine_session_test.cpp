#include "signaling/socketio/engine_session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::signaling::socketio {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr Channel kFirst = 1;
constexpr Channel kSecond = 2;

std::string shown(const Action& action) {
  if (const auto* poll = std::get_if<action::AnswerPoll>(&action))
    return "poll " + poll->payload.data;
  if (const auto* frame = std::get_if<action::SendFrame>(&action))
    return std::to_string(frame->channel) + " " + frame->frame.data;
  if (const auto* close = std::get_if<action::CloseChannel>(&action))
    return "close " + std::to_string(close->channel);
  if (const auto* message = std::get_if<action::Deliver>(&action))
    return "got " + *message->message.data;
  return "ended: " + std::string(to_string(std::get<action::Ended>(action).reason));
}

std::vector<std::string> shown(const Actions& actions) {
  std::vector<std::string> out;
  for (const Action& action : actions) out.push_back(shown(action));
  return out;
}

/// A session on fake time, past its handshake.
class EngineSessionTest : public testing::Test {
 protected:
  void open(std::optional<Channel> channel = {}, Version version = Version::V4) {
    session_.emplace("sid", version, channel, false, settings_, now_);
    opened_ = shown(session_->flush(now_));
  }
  std::vector<std::string> poll() { return shown(session_->poll(now_)); }
  std::vector<std::string> post(std::string_view body, bool accepted = true) {
    auto posted = session_->post(false, body, now_);
    EXPECT_EQ(posted.accepted, accepted);
    return shown(posted.actions);
  }
  std::vector<std::string> frame(Channel channel, std::string_view data, bool binary = false) {
    return shown(session_->channel_received(channel, binary, data, now_));
  }
  std::vector<std::string> say(std::string data) {
    session_->send(Message::text(std::move(data)));
    return shown(session_->flush(now_));
  }
  std::vector<std::string> wait(milliseconds time) {
    now_ += time;
    return shown(session_->tick(now_));
  }

  EngineSettings settings_{.ping_interval = milliseconds(300),
                           .ping_timeout = milliseconds(200),
                           .upgrade_timeout = milliseconds(1000),
                           .close_timeout = milliseconds(5000)};
  Time now_{};
  std::optional<EngineSession> session_;
  std::vector<std::string> opened_;
};

TEST_F(EngineSessionTest, HandshakeHasExactlyItsFiveMembers) {
  open();
  EXPECT_THAT(opened_, ElementsAre("poll 0{\"sid\":\"sid\",\"upgrades\":[\"websocket\"],"
                                   "\"pingInterval\":300,\"pingTimeout\":200,"
                                   "\"maxPayload\":1000000}"));
  open(kFirst);
  EXPECT_THAT(opened_, ElementsAre("1 0{\"sid\":\"sid\",\"upgrades\":[],\"pingInterval\":300,"
                                   "\"pingTimeout\":200,\"maxPayload\":1000000}"));
}

TEST_F(EngineSessionTest, WhatIsSentWaitsForAPoll) {
  open();
  EXPECT_THAT(say("a"), IsEmpty());
  EXPECT_THAT(say("b"), IsEmpty());
  EXPECT_THAT(poll(), ElementsAre("poll 4a\x1e"
                                  "4b"));
  EXPECT_THAT(poll(), IsEmpty());
  EXPECT_THAT(say("c"), ElementsAre("poll 4c"));
}

TEST_F(EngineSessionTest, PostedPacketsAreDeliveredInOrder) {
  open();
  EXPECT_THAT(post("4a\x1e"
                   "bAQ==\x1e"
                   "4b"),
              ElementsAre("got a", "got \1", "got b"));
}

TEST_F(EngineSessionTest, ABadPayloadEndsTheSession) {
  open();
  poll();
  EXPECT_THAT(post("abc", false), ElementsAre("poll 1", "ended: parse error"));
  EXPECT_TRUE(session_->ended());
  EXPECT_EQ(session_->deadline(), Time::max());
}

TEST_F(EngineSessionTest, ASecondPollEndsTheSession) {
  open();
  poll();
  EXPECT_THAT(poll(), ElementsAre("poll 1", "ended: transport error"));
}

TEST_F(EngineSessionTest, AnAbortedPollEndsTheSession) {
  open();
  poll();
  EXPECT_THAT(shown(session_->poll_gone()), ElementsAre("ended: transport error"));
}

TEST_F(EngineSessionTest, AClientsCloseLetsItsPollGo) {
  open();
  poll();
  EXPECT_THAT(post("1"), ElementsAre("poll 6", "ended: transport close"));
  open(kFirst);
  EXPECT_THAT(frame(kFirst, "1"), ElementsAre("close 1", "ended: transport close"));
}

TEST_F(EngineSessionTest, FramesGoBothWays) {
  open(kFirst);
  EXPECT_THAT(frame(kFirst, "4hello"), ElementsAre("got hello"));
  EXPECT_THAT(frame(kFirst, "\1\2", true), ElementsAre("got \1\2"));
  EXPECT_THAT(say("x"), ElementsAre("1 4x"));
  EXPECT_THAT(frame(kFirst, "abc"), ElementsAre("close 1", "ended: parse error"));
}

TEST_F(EngineSessionTest, AWebSocketThatEndsEndsTheSession) {
  open(kFirst);
  EXPECT_THAT(shown(session_->channel_gone(kFirst)), ElementsAre("ended: transport close"));
}

// --- Heartbeat
// ------------------------------------------------------------------------------------

TEST_F(EngineSessionTest, Version4IsPingedAnIntervalAfterEachPong) {
  open(kFirst);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(session_->deadline(), now_ + milliseconds(300));
    EXPECT_THAT(wait(milliseconds(299)), IsEmpty());
    EXPECT_THAT(wait(milliseconds(1)), ElementsAre("1 2"));
    now_ += milliseconds(199);
    EXPECT_THAT(frame(kFirst, "3"), IsEmpty());
  }
}

TEST_F(EngineSessionTest, Version4WithoutAPongEnds) {
  open(kFirst);
  wait(milliseconds(300));
  EXPECT_THAT(frame(kFirst, "4still here"), ElementsAre("got still here"));
  EXPECT_THAT(wait(milliseconds(199)), IsEmpty());
  EXPECT_THAT(wait(milliseconds(1)), ElementsAre("close 1", "ended: ping timeout"));
}

TEST_F(EngineSessionTest, APollThatNobodyFetchesTimesOutToo) {
  open();
  EXPECT_THAT(wait(milliseconds(300)), IsEmpty());
  EXPECT_THAT(wait(milliseconds(200)), ElementsAre("ended: ping timeout"));
}

TEST_F(EngineSessionTest, Version3PingsAndIsAnswered) {
  open(kFirst, Version::V3);
  EXPECT_THAT(wait(milliseconds(499)), IsEmpty());
  EXPECT_THAT(frame(kFirst, "2"), IsEmpty());
  EXPECT_THAT(shown(session_->flush(now_)), ElementsAre("1 3"));
  EXPECT_THAT(wait(milliseconds(499)), IsEmpty());
  EXPECT_THAT(wait(milliseconds(1)), ElementsAre("close 1", "ended: ping timeout"));
}

TEST_F(EngineSessionTest, AHeartbeatInTheWrongDirectionEndsTheSession) {
  open(kFirst);
  EXPECT_THAT(frame(kFirst, "2"), ElementsAre("close 1", "ended: transport error"));
  open(kFirst, Version::V3);
  EXPECT_THAT(frame(kFirst, "3"), ElementsAre("close 1", "ended: transport error"));
}

// --- Upgrade
// --------------------------------------------------------------------------------------

TEST_F(EngineSessionTest, UpgradesAfterAProbe) {
  open();
  poll();
  EXPECT_THAT(shown(session_->channel_opened(kFirst, false, now_)), IsEmpty());
  EXPECT_THAT(frame(kFirst, "2probe"), ElementsAre("1 3probe", "poll 6"));
  EXPECT_THAT(say("waits"), IsEmpty());
  EXPECT_THAT(frame(kFirst, "5"), ElementsAre("1 4waits"));
  EXPECT_FALSE(session_->polling());
  EXPECT_THAT(say("x"), ElementsAre("1 4x"));
  EXPECT_THAT(frame(kFirst, "4y"), ElementsAre("got y"));
}

TEST_F(EngineSessionTest, AnUpgradeLetsAWaitingPollGo) {
  open();
  session_->channel_opened(kFirst, false, now_);
  frame(kFirst, "2probe");
  poll();
  EXPECT_THAT(frame(kFirst, "5"), ElementsAre("poll 6"));
}

TEST_F(EngineSessionTest, APollAfterTheProbeIsLetGoSoon) {
  open();
  session_->channel_opened(kFirst, false, now_);
  frame(kFirst, "2probe");
  EXPECT_THAT(poll(), IsEmpty());
  EXPECT_EQ(session_->deadline(), now_ + milliseconds(100));
  EXPECT_THAT(wait(milliseconds(100)), ElementsAre("poll 6"));
}

TEST_F(EngineSessionTest, MessagesGoByPollUntilTheUpgradeIsDone) {
  open();
  session_->channel_opened(kFirst, false, now_);
  frame(kFirst, "2probe");
  poll();
  EXPECT_THAT(say("x"), ElementsAre("poll 4x"));
}

TEST_F(EngineSessionTest, OnlyOneWebSocketMayUpgrade) {
  open();
  session_->channel_opened(kFirst, false, now_);
  EXPECT_THAT(shown(session_->channel_opened(kSecond, false, now_)), ElementsAre("close 2"));
  frame(kFirst, "5");
  EXPECT_THAT(shown(session_->channel_opened(kSecond, false, now_)), ElementsAre("close 2"));
  EXPECT_THAT(say("x"), ElementsAre("1 4x"));
}

TEST_F(EngineSessionTest, AFailedUpgradeLeavesPollingAsItWas) {
  open();
  poll();
  for (const char* wrong : {"4too early", "abc", "3"}) {
    session_->channel_opened(kFirst, false, now_);
    EXPECT_THAT(frame(kFirst, wrong), ElementsAre("close 1"));
  }
  session_->channel_opened(kFirst, false, now_);
  EXPECT_THAT(shown(session_->channel_gone(kFirst)), IsEmpty());
  session_->channel_opened(kFirst, false, now_);
  EXPECT_THAT(frame(kFirst, "4x", true), ElementsAre("close 1"));
  EXPECT_THAT(say("x"), ElementsAre("poll 4x"));
}

TEST_F(EngineSessionTest, AnUpgradeThatIsNotCompletedIsGivenUp) {
  settings_.ping_interval = milliseconds(10000);
  open();
  session_->channel_opened(kFirst, false, now_);
  EXPECT_THAT(wait(milliseconds(1000)), ElementsAre("close 1"));
  EXPECT_TRUE(session_->polling());
}

TEST_F(EngineSessionTest, TheEndOfASessionEndsItsUpgrade) {
  open();
  session_->channel_opened(kFirst, false, now_);
  EXPECT_THAT(post("1"), ElementsAre("close 1", "ended: transport close"));
}

// --- Closing
// --------------------------------------------------------------------------------------

TEST_F(EngineSessionTest, CloseSendsWhatIsQueuedFirst) {
  open(kFirst);
  session_->send(Message::text("last"));
  EXPECT_THAT(shown(session_->close(CloseReason::ForcedClose, now_)),
              ElementsAre("1 4last", "close 1", "ended: forced close"));
}

TEST_F(EngineSessionTest, CloseWaitsForAPoll) {
  open();
  session_->send(Message::text("last"));
  EXPECT_THAT(shown(session_->close(CloseReason::ForcedClose, now_)), IsEmpty());
  EXPECT_THAT(say("too late"), IsEmpty());
  EXPECT_THAT(post("4ignored"), IsEmpty());
  EXPECT_THAT(poll(), ElementsAre("poll 4last\x1e"
                                  "1",
                                  "ended: forced close"));
}

TEST_F(EngineSessionTest, CloseDoesNotWaitForEver) {
  open();
  session_->close(CloseReason::ForcedClose, now_);
  EXPECT_EQ(session_->deadline(), now_ + milliseconds(5000));
  EXPECT_THAT(wait(milliseconds(5000)), ElementsAre("ended: forced close"));
}

TEST_F(EngineSessionTest, ShutdownWaitsForNobody) {
  open();
  EXPECT_THAT(shown(session_->close(CloseReason::Shutdown, now_)),
              ElementsAre("ended: server shutting down"));
}

TEST_F(EngineSessionTest, AClientThatDoesNotFetchIsCutOff) {
  settings_.buffered_packets = 3;
  open();
  for (int i = 0; i < 3; ++i) EXPECT_THAT(say("x"), IsEmpty());
  EXPECT_THAT(say("x"), ElementsAre("ended: too slow"));
  settings_.buffered_packets = 100;
  settings_.buffered_bytes = 200;
  open();
  EXPECT_THAT(say(std::string(201, 'x')), ElementsAre("ended: too slow"));
}

TEST_F(EngineSessionTest, PayloadsOfTooManyPacketsEndTheSession) {
  settings_.payload_packets = 2;
  open();
  EXPECT_THAT(post("4a\x1e"
                   "4b\x1e"
                   "4c",
                   false),
              ElementsAre("ended: parse error"));
}

}  // namespace
}  // namespace parley::signaling::socketio
