// Holds the encoders to server_messages.json, to which tests/schema holds the schema.
#include "signaling/native/encode.hpp"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/signaling_native/support/files.hpp"

namespace parley::signaling::native::test {
namespace {

namespace event = rooms::event;
namespace reply = rooms::reply;
using rooms::Kind;
using rooms::Source;

constexpr std::chrono::seconds kKeepalive{5};
constexpr WallTime kNoon{std::chrono::milliseconds(1714564800123)};
const MessageId kId = std::int64_t{1};
const ParticipantId kAnn("p1");
const ParticipantId kBob("p2");
const TrackId kMic("t1");
const TrackId kScreen("t2");

std::string replied(const rooms::Reply& reply) {
  return encode_reply(kId, reply, kKeepalive);
}

reply::Joined joined() {
  return {.room = RoomId("daily"),
          .participant = kAnn,
          .resume_token = "secret",
          .host = true,
          .resumed = false,
          .participants = {},
          .tracks = {},
          .chat = {}};
}

rooms::ChatMessage message() {
  return {"m1", kBob, "Bob", "hi\n😀", kNoon};
}

reply::Joined resumed() {
  reply::Joined result = joined();
  result.host = false;
  result.resumed = true;
  result.participants = {
      {kBob,
       "Bob",
       true,
       {{kScreen, Kind::Video, Source::Screen, "VP8", true, true, false, {"q", "h", "f"}}}}};
  result.tracks = {{kMic, Kind::Audio, Source::Microphone, "opus", false, true}};
  result.chat = {message()};
  return result;
}

reply::Joined joined_with_held() {
  reply::Joined result = joined();
  rooms::Track camera{kScreen, Kind::Video, Source::Camera, "VP8", false, true};
  camera.held = true;
  result.participants = {{kBob, "Bob", false, {camera}}};
  return result;
}

Description description() {
  return {.sdp = "v=0\r\n",
          .version = 3,
          .slots = {{"2", kBob, kScreen}},
          .publications = {{"0", kMic}}};
}

/// Every message there is, as the encoders write it.
std::map<std::string, std::string> encoded() {
  const rooms::Track sound{kScreen, Kind::Audio, Source::ScreenAudio, "opus", false, true};
  return {
      {"done", replied(reply::Done{})},
      {"done, string id", encode_reply(std::string("a\"b"), reply::Done{}, kKeepalive)},
      {"joined an empty room", replied(joined())},
      {"resumed in a full one", replied(resumed())},
      {"joined where last-N holds a camera", replied(joined_with_held())},
      {"joined where clients are told of STUN and TURN servers",
       encode_reply(kId, joined(), kKeepalive,
                    {{"stun:a.example", "", ""}, {"turn:b.example", "1700086400", "mac="}})},
      {"published", replied(reply::Published{kMic})},
      {"posted", replied(reply::Posted{"m1"})},
      {"pong", encode_pong(kId, kNoon)},
      {"answer", encode_answer(kId, description())},
      {"error", encode_error(kId, {"room_full", "room is full"})},
      {"error without id", encode_error({}, decode("{}").command.error())},
      {"joined", encode_joined(joined())},
      {"participant-joined", encode_event(event::ParticipantJoined{{kBob, "Bob", false, {}}})},
      {"participant-left", encode_event(event::ParticipantLeft{kBob, "connection_lost"})},
      {"host-changed", encode_event(event::HostChanged{kAnn})},
      {"track-added", encode_event(event::TrackAdded{kBob, sound})},
      {"track-removed", encode_event(event::TrackRemoved{kBob, kScreen})},
      {"track-muted", encode_event(event::TrackMuted{kBob, kScreen, true})},
      {"track-undecodable", encode_event(event::TrackUndecodable{kBob, kScreen, "AV1", true})},
      {"track-held", encode_event(event::TrackHeld{kBob, kScreen, true})},
      {"chat", encode_event(event::ChatPosted{message()})},
      {"active-speaker", encode_event(event::ActiveSpeaker{{kBob, kAnn}})},
      {"active-speaker, silence", encode_event(event::ActiveSpeaker{})},
      {"active-speaker, with one who has the floor",
       encode_event(event::ActiveSpeaker{{kAnn}, kAnn})},
      {"publish-failed", encode_event(event::PublishFailed{kMic})},
      {"offer", encode_offer(description())},
      {"slots", encode_slots(description().slots)},
      {"transport-closed", encode_event(event::TransportClosed{"consent_expired"})},
      {"removed", encode_event(event::Removed{"resumed_elsewhere"})},
      {"room-closed", encode_event(event::RoomClosed{"closed_by_operator"})},
  };
}

TEST(Encode, EveryMessageIsWrittenAsTheTableSays) {
  std::map<std::string, std::string> expected;
  const auto document = parse_json(read_file("tests/signaling_native/server_messages.json"));
  JsonArray* list = json_node_get_array(document.get());
  for (guint i = 0; i < json_array_get_length(list); ++i) {
    JsonObject* entry = json_array_get_object_element(list, i);
    expected[json_object_get_string_member(entry, "what")] =
        to_text(json_object_get_member(entry, "message"));
  }
  EXPECT_THAT(encoded(), ::testing::ContainerEq(expected));
}

TEST(Encode, RepliesRepeatTheIdAsItWasSent) {
  for (std::string_view id : {"7", "-1", "0", "9007199254740992", "\"7\"", "\"\\u0001\\\"é\""}) {
    const Message message = decode("{\"id\":" + std::string(id) + ",\"type\":\"ping\"}");
    ASSERT_TRUE(message.command.ok()) << id;
    EXPECT_EQ(encode_reply(message.id, reply::Done{}, kKeepalive),
              "{\"id\":" + std::string(id) + ",\"type\":\"ok\"}");
  }
}

TEST(Encode, TimesAreWrittenInUtcWithMilliseconds) {
  const auto at = [](std::int64_t milliseconds) {
    rooms::ChatMessage chat = message();
    chat.at = WallTime{std::chrono::milliseconds(milliseconds)};
    const std::string text = encode_event(event::ChatPosted{chat});
    return text.substr(text.find("\"at\":") + 6, 24);
  };
  EXPECT_EQ(at(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(at(951782399999), "2000-02-28T23:59:59.999Z");
  EXPECT_EQ(at(951825600007), "2000-02-29T12:00:00.007Z");
  EXPECT_EQ(at(-1), "1969-12-31T23:59:59.999Z");
}

TEST(Encode, WhatPeersWroteCannotBreakAMessage) {
  rooms::ChatMessage chat = message();
  chat.name = "\"},{\"type\":\"removed\"";
  chat.text = std::string("\xff\0\x1f</script>", 12);
  const std::string text = encode_event(event::ChatPosted{chat});
  const auto document = json::parse_object(text);
  ASSERT_TRUE(document.ok()) << text;
  JsonObject* held =
      json_object_get_object_member(json_node_get_object(document->get()), "message");
  EXPECT_EQ(json_object_get_string_member(held, "name"), chat.name);
  EXPECT_STREQ(json_object_get_string_member(held, "text"), "\uFFFD\uFFFD </script>");
}

}  // namespace
}  // namespace parley::signaling::native::test
