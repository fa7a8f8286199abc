#include "signaling/native/decode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::signaling::native {
namespace {

using rooms::Source;
using ::testing::HasSubstr;

/// The request in a message that has to be good.
template <typename T>
T request(std::string_view text) {
  const Message message = decode(text);
  EXPECT_TRUE(message.command.ok()) << text << message.command.error().message;
  return std::get<T>(std::get<Request>(message.command.value()));
}

TEST(Decode, IdIsKeptVerbatim) {
  EXPECT_EQ(decode(R"({"id":7,"type":"ping"})").id, MessageId(std::int64_t{7}));
  EXPECT_EQ(decode(R"({"id":7.0,"type":"ping"})").id, MessageId(std::int64_t{7}));
  EXPECT_EQ(decode(R"({"id":"7","type":"ping"})").id, MessageId(std::string("7")));
  EXPECT_EQ(decode(R"({"id":"\u00e9\"","type":"ping"})").id, MessageId(std::string("é\"")));
}

TEST(Decode, IdIsKeptWhenTheRestIsWrong) {
  EXPECT_EQ(decode(R"({"id":7})").id, MessageId(std::int64_t{7}));
  EXPECT_EQ(decode(R"({"id":7,"type":"chat"})").id, MessageId(std::int64_t{7}));
  EXPECT_EQ(decode(R"({"id":7,"type":"dance"})").id, MessageId(std::int64_t{7}));
}

TEST(Decode, MessageWithoutUsableIdHasNone) {
  for (std::string_view text : {R"({"type":"ping"})", R"({"id":null,"type":"ping"})", "nonsense",
                                "[]", R"({"id":9007199254740993,"type":"ping"})"}) {
    const Message message = decode(text);
    EXPECT_EQ(message.id, MessageId()) << text;
    ASSERT_FALSE(message.command.ok());
    EXPECT_EQ(message.command.error().code, "bad_request");
  }
}

TEST(Decode, DeepNestingIsRefused) {
  std::string text =
      R"({"id":1,"type":"ping","x":)" + std::string(15, '[') + std::string(15, ']') + "}";
  EXPECT_TRUE(decode(text).command.ok());
  text = R"({"id":1,"type":"ping","x":)" + std::string(16, '[') + std::string(16, ']') + "}";
  EXPECT_THAT(decode(text).command.error().message, HasSubstr("nesting"));
}

TEST(Decode, JoinHasDefaults) {
  const auto join = request<JoinRequest>(R"({"id":1,"type":"join","room":"r-1","name":"Änn"})");
  EXPECT_EQ(join.room, RoomId("r-1"));
  EXPECT_EQ(join.name, "Änn");
  EXPECT_EQ(join.token, "");
  EXPECT_EQ(join.resume_id, "");
  EXPECT_EQ(join.resume_token, "");
  EXPECT_FALSE(join.keep_media);
  EXPECT_TRUE(join.subscribe_all);
  EXPECT_TRUE(join.data_channel);
  EXPECT_EQ(join.media_lines, 127U);
}

TEST(Decode, JoinCarriesEverything) {
  const auto join = request<JoinRequest>(
      R"({"id":1,"type":"join","room":"r","name":"n","token":"t","subscribe":"none","data":false,
          "resume":{"participant":"p","token":"s","media":"keep"}})");
  EXPECT_EQ(join.token, "t");
  EXPECT_EQ(join.resume_id, "p");
  EXPECT_EQ(join.resume_token, "s");
  EXPECT_TRUE(join.keep_media);
  EXPECT_FALSE(join.subscribe_all);
  EXPECT_FALSE(join.data_channel);
}

TEST(Decode, ResumeIsWithNewMediaUnlessItSaysKeep) {
  EXPECT_FALSE(request<JoinRequest>(R"({"id":1,"type":"join","room":"r","name":"n",
      "resume":{"participant":"p","token":"s"}})")
                   .keep_media);
  EXPECT_FALSE(request<JoinRequest>(R"({"id":1,"type":"join","room":"r","name":"n",
      "resume":{"participant":"p","token":"s","media":"new"}})")
                   .keep_media);
}

TEST(Decode, LeaveAndPingCarryNothing) {
  request<LeaveRequest>(R"({"id":1,"type":"leave"})");
  EXPECT_TRUE(std::holds_alternative<Ping>(decode(R"({"id":1,"type":"ping"})").command.value()));
}

TEST(Decode, PublishNamesItsSource) {
  const auto source = [](const std::string& fields) {
    return request<PublishRequest>(R"({"id":1,"type":"publish",)" + fields + "}").source;
  };
  EXPECT_EQ(source(R"("source":"microphone")"), Source::Microphone);
  EXPECT_EQ(source(R"("source":"camera")"), Source::Camera);
  EXPECT_EQ(source(R"("source":"screen")"), Source::Screen);
  EXPECT_EQ(source(R"("source":"screen-audio")"), Source::ScreenAudio);
  EXPECT_EQ(source(R"("kind":"audio")"), Source::Microphone);
  EXPECT_EQ(source(R"("kind":"video")"), Source::Camera);
}

TEST(Decode, PublishMayBeMutedAndBoundToAnMLine) {
  const auto plain = request<PublishRequest>(R"({"id":1,"type":"publish","source":"camera"})");
  EXPECT_FALSE(plain.muted);
  EXPECT_EQ(plain.mid, std::nullopt);
  const auto bound = request<PublishRequest>(
      R"({"id":1,"type":"publish","source":"camera","muted":true,"mid":"2"})");
  EXPECT_TRUE(bound.muted);
  EXPECT_EQ(bound.mid, "2");
}

TEST(Decode, UnpublishAndMuteNameATrack) {
  EXPECT_EQ(request<UnpublishRequest>(R"({"id":1,"type":"unpublish","track":"t"})").track,
            TrackId("t"));
  const auto mute = request<MuteRequest>(R"({"id":1,"type":"mute","track":"t","muted":false})");
  EXPECT_EQ(mute.track, TrackId("t"));
  EXPECT_FALSE(mute.muted);
}

TEST(Decode, SubscribeTakesAListOrOneTrack) {
  const auto list = request<SubscribeRequest>(
      R"({"id":1,"type":"subscribe","wanted":false,
          "tracks":[{"track":"a"},{"track":"b","paused":true,"layer":"h"}]})");
  ASSERT_EQ(list.subscriptions.size(), 2U);
  EXPECT_EQ(list.subscriptions[0], (rooms::Subscription{TrackId("a"), false, ""}));
  EXPECT_EQ(list.subscriptions[1], (rooms::Subscription{TrackId("b"), true, "h"}));
  EXPECT_FALSE(list.wanted);

  const auto one = request<SubscribeRequest>(
      R"({"id":1,"type":"subscribe","track":"b","paused":true,"layer":"h"})");
  ASSERT_EQ(one.subscriptions.size(), 1U);
  EXPECT_EQ(one.subscriptions[0], list.subscriptions[1]);
  EXPECT_TRUE(one.wanted);
  EXPECT_TRUE(request<SubscribeRequest>(R"({"id":1,"type":"subscribe","track":"b","pinned":true})")
                  .subscriptions[0]
                  .pinned);
}

TEST(Decode, SubscribeTakesAtMostEightHundredTracks) {
  const auto listing = [](int count) {
    std::string tracks;
    for (int i = 0; i < count; ++i) tracks += std::string(i == 0 ? "" : ",") + R"({"track":"t"})";
    return R"({"id":1,"type":"subscribe","tracks":[)" + tracks + "]}";
  };
  EXPECT_EQ(request<SubscribeRequest>(listing(800)).subscriptions.size(), 800U);
  EXPECT_EQ(decode(listing(801)).command.error().message,
            "tracks has 801 entries; send at most 800");
}

TEST(Decode, ChatKeepsItsText) {
  EXPECT_EQ(request<ChatRequest>(R"({"id":1,"type":"chat","text":"a\n\ud83d\ude00"})").text,
            "a\n😀");
}

TEST(Decode, DescriptionsKeepTheirText) {
  EXPECT_EQ(request<OfferRequest>(R"({"id":1,"type":"offer","sdp":"v=0\r\n"})").sdp, "v=0\r\n");
  const auto answer =
      request<AnswerRequest>(R"({"id":1,"type":"answer","sdp":"v=0\r\n","version":4})");
  EXPECT_EQ(answer.sdp, "v=0\r\n");
  EXPECT_EQ(answer.version, 4U);
  EXPECT_EQ(request<AnswerRequest>(R"({"id":1,"type":"answer","sdp":"v=0"})").version, 0U);
}

TEST(Decode, CandidateIsTakenFromAStringAnObjectOrNothing) {
  const std::string line = "candidate:1 1 udp 1 192.0.2.1 9 typ host";
  EXPECT_EQ(request<CandidateRequest>(R"({"id":1,"type":"candidate","candidate":")" + line + "\"}")
                .candidate,
            line);
  EXPECT_EQ(request<CandidateRequest>(R"({"id":1,"type":"candidate","candidate":{"candidate":")" +
                                      line + "\",\"sdpMid\":\"0\"}}")
                .candidate,
            line);
  EXPECT_EQ(request<CandidateRequest>(R"({"id":1,"type":"candidate","candidate":null})").candidate,
            "");
}

}  // namespace
}  // namespace parley::signaling::native
