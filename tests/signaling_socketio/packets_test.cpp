#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "signaling/socketio/engine_payload.hpp"
#include "signaling/socketio/engine_request.hpp"
#include "signaling/socketio/packet.hpp"

namespace parley::signaling::socketio {
namespace {

using testing::ElementsAre;
using std::string_literals::operator""s;

Packet text(std::string data) {
  return {PacketType::Message, Message::text(std::move(data))};
}
Packet bytes(std::string data) {
  return {PacketType::Message, Message::bytes(std::move(data))};
}

// --- Engine.IO
// ------------------------------------------------------------------------------------

TEST(EngineFrames, Version4SendsBinaryAsItIs) {
  EXPECT_EQ(encode_frame(text("hello"), Version::V4, false), (Frame{false, "4hello"}));
  EXPECT_EQ(encode_frame(bytes("\1\2"), Version::V4, false), (Frame{true, "\1\2"}));
  EXPECT_EQ(encode_frame(bytes("\1\2\3\4"), Version::V4, true), (Frame{false, "bAQIDBA=="}));
  EXPECT_EQ(decode_frame(true, "", Version::V4).value(), bytes(""));
  EXPECT_EQ(decode_frame(false, "bAQIDBA==", Version::V4).value(), bytes("\1\2\3\4"));
  EXPECT_EQ(decode_frame(false, "2probe", Version::V4).value(),
            (Packet{PacketType::Ping, Message::text("probe")}));
}

TEST(EngineFrames, Version3PutsTheTypeBeforeBinary) {
  EXPECT_EQ(encode_frame(bytes("\1"), Version::V3, false), (Frame{true, "\4\1"}));
  EXPECT_EQ(encode_frame(bytes("\1\2\3\4"), Version::V3, true), (Frame{false, "b4AQIDBA=="}));
  EXPECT_EQ(decode_frame(true, "\4\1", Version::V3).value(), bytes("\1"));
  EXPECT_EQ(decode_frame(false, "b4AQIDBA==", Version::V3).value(), bytes("\1\2\3\4"));
}

TEST(EngineFrames, WhatIsNoPacketIsRefused) {
  for (const char* data : {"", "7", "abc", "b!", "4\xFF", " 4"})
    EXPECT_FALSE(decode_frame(false, data, Version::V4)) << data;
  EXPECT_FALSE(decode_frame(false, "b2AQ==", Version::V3));
  EXPECT_FALSE(decode_frame(true, "", Version::V3));
  EXPECT_FALSE(decode_frame(true, "\1x", Version::V3));
}

TEST(EnginePayloads, Version4JoinsPacketsWithTheRecordSeparator) {
  const std::vector<Packet> packets{text("hello"), bytes("\1\2\3\4"), {PacketType::Ping, {}}};
  const Payload payload = encode_payload(packets, Version::V4, false);
  EXPECT_EQ(payload, (Payload{false,
                              "4hello\x1e"
                              "bAQIDBA==\x1e"
                              "2"}));
  EXPECT_EQ(decode_payload(false, payload.data, Version::V4, 3).value(), packets);
}

TEST(EnginePayloads, Version3CountsCharactersBeforeEachPacket) {
  const std::vector<Packet> packets{text("\xE2\x82\xAC\xF0\x9F\x98\x80"), text("x")};
  const Payload payload = encode_payload(packets, Version::V3, false);
  EXPECT_EQ(payload, (Payload{false,
                              "4:4\xE2\x82\xAC\xF0\x9F\x98\x80"
                              "2:4x"}));
  EXPECT_EQ(decode_payload(false, payload.data, Version::V3, 2).value(), packets);
}

TEST(EnginePayloads, Version3IsBinaryAsAWholeWhereOnePacketIs) {
  const std::vector<Packet> packets{text("\xE2\x82\xAC"), bytes("\1\2\3")};
  const Payload payload = encode_payload(packets, Version::V3, false);
  EXPECT_EQ(payload, (Payload{true,
                              "\0\4\xFF"
                              "4\xE2\x82\xAC\1\4\xFF\4\1\2\3"s}));
  EXPECT_EQ(decode_payload(true, payload.data, Version::V3, 2).value(), packets);
  EXPECT_EQ(encode_payload(packets, Version::V3, true), (Payload{false,
                                                                 "2:4\xE2\x82\xAC"
                                                                 "6:b4AQID"}));
}

TEST(EnginePayloads, WrongFramingIsRefused) {
  for (const auto& data : {""s, "\x1e"s, "4a\x1e"s,
                           "4a\x1e\x1e"s
                           "4b",
                           "4\xFF"s})
    EXPECT_FALSE(decode_payload(false, data, Version::V4, 9)) << data;
  for (const auto& data :
       {":4"s, "4"s, "3:4a"s, "1:4a"s, "-1:4"s, "99999999999:4"s, "2:4\xF0\x9F\x98\x80"s})
    EXPECT_FALSE(decode_payload(false, data, Version::V3, 9)) << data;
  for (const auto& data : {"\2\1\xFF"
                           "4"s,
                           "\0\xFF"s, "\0\1"s,
                           "\0\2\xFF"
                           "4"s,
                           "\0\12\xFF"
                           "4"s,
                           "\1\1\xFF\1"s, "\0\1\1\1\1\1\1\1\1\1\1\1\xFF"s})
    EXPECT_FALSE(decode_payload(true, data, Version::V3, 9));
  EXPECT_FALSE(decode_payload(true, "4a", Version::V4, 9));
  EXPECT_FALSE(decode_payload(false,
                              "4a\x1e"
                              "4b\x1e"
                              "4c",
                              Version::V4, 2));
}

struct Asked {
  const char* method;
  const char* query;
  bool websocket;
  SessionState state;
};
int code_of(const Asked& asked) {
  const auto answer =
      classify(asked.method, parse_query(asked.query), asked.websocket, asked.state);
  const auto* error = std::get_if<EngineError>(&answer);
  return error == nullptr ? -1 : static_cast<int>(error->code);
}
RequestKind kind_of(const Asked& asked) {
  return std::get<EngineRequest>(
             classify(asked.method, parse_query(asked.query), asked.websocket, asked.state))
      .kind;
}
constexpr auto kNone = SessionState::Unknown;
constexpr auto kPolling = SessionState::Polling;
constexpr auto kOnWebSocket = SessionState::OnWebSocket;

TEST(EngineRequests, EachKindIsTold) {
  EXPECT_EQ(kind_of({"GET", "EIO=4&transport=polling", false, kNone}), RequestKind::OpenPolling);
  EXPECT_EQ(kind_of({"GET", "EIO=3&transport=websocket", true, kNone}), RequestKind::OpenWebSocket);
  EXPECT_EQ(kind_of({"GET", "transport=polling&sid=a", false, kPolling}), RequestKind::Poll);
  EXPECT_EQ(kind_of({"POST", "transport=polling&sid=a", false, kPolling}), RequestKind::Post);
  EXPECT_EQ(kind_of({"GET", "transport=websocket&sid=a", true, kPolling}), RequestKind::Upgrade);
  EXPECT_EQ(kind_of({"GET", "transport=websocket&sid=a", true, kOnWebSocket}),
            RequestKind::Upgrade);
}

TEST(EngineRequests, EachErrorHasItsCode) {
  EXPECT_EQ(code_of({"GET", "EIO=4", false, kNone}), 0);
  EXPECT_EQ(code_of({"GET", "EIO=4&transport=tobi", false, kNone}), 0);
  EXPECT_EQ(code_of({"GET", "EIO=4&transport=polling&sid=x", false, kNone}), 1);
  EXPECT_EQ(code_of({"POST", "EIO=4&transport=polling", false, kNone}), 2);
  EXPECT_EQ(code_of({"PUT", "EIO=4&transport=polling", false, kNone}), 2);
  EXPECT_EQ(code_of({"GET", "EIO=4&transport=websocket", false, kNone}), 3);
  EXPECT_EQ(code_of({"GET", "EIO=4&transport=polling", true, kNone}), 3);
  EXPECT_EQ(code_of({"GET", "transport=polling&sid=x", false, kOnWebSocket}), 3);
  EXPECT_EQ(code_of({"DELETE", "transport=polling&sid=x", false, kPolling}), 3);
  EXPECT_EQ(code_of({"GET", "EIO=3&transport=polling&j=0", false, kNone}), 3);
  EXPECT_EQ(code_of({"GET", "transport=polling", false, kNone}), 5);
  EXPECT_EQ(code_of({"GET", "EIO=5&transport=websocket", true, kNone}), 5);
}

TEST(EngineRequests, ErrorsAreWrittenAsTheReferenceDoes) {
  EXPECT_EQ(EngineError{EngineErrorCode::UnknownSid}.json(),
            R"({"code":1,"message":"Session ID unknown"})");
  EXPECT_EQ((EngineError{EngineErrorCode::Forbidden, "no"}.json()), R"({"code":4,"message":"no"})");
  EXPECT_EQ(EngineError{EngineErrorCode::Forbidden}.status(), 403U);
  EXPECT_EQ(EngineError{EngineErrorCode::UnknownTransport}.status(), 400U);
}

// --- Socket.IO
// ------------------------------------------------------------------------------------

using Type = SocketPacketType;

std::vector<std::string> encoded(const SocketPacket& packet) {
  std::vector<std::string> out;
  for (const Message& message : encode(packet)) out.push_back(*message.data);
  return out;
}
Result<std::optional<SocketPacket>> decoded(const std::vector<Message>& messages,
                                            const DecoderLimits& limits = {}) {
  SocketDecoder decoder(limits);
  Result<std::optional<SocketPacket>> last = std::optional<SocketPacket>();
  for (const Message& message : messages) {
    last = decoder.add(message);
    if (!last) break;
  }
  return last;
}
SocketPacket decoded(const std::string& text) {
  return decoded({Message::text(text)}).value().value();
}

TEST(SocketPackets, EachTypeIsWritten) {
  EXPECT_THAT(encoded({Type::Connect, "/", {}, {}}), ElementsAre("0"));
  EXPECT_THAT(encoded({Type::Connect, "/custom", {}, object({{"sid", "a"}})}),
              ElementsAre(R"(0/custom,{"sid":"a"})"));
  EXPECT_THAT(encoded({Type::Disconnect, "/admin", {}, {}}), ElementsAre("1/admin,"));
  EXPECT_THAT(encoded({Type::Event, "/", 12, Array{"foo", 1}}), ElementsAre(R"(212["foo",1])"));
  EXPECT_THAT(encoded({Type::Ack, "/admin", 456, Array{}}), ElementsAre("3/admin,456[]"));
  EXPECT_THAT(encoded({Type::ConnectError, "/x", {}, object({{"message", "no"}})}),
              ElementsAre(R"(4/x,{"message":"no"})"));
  EXPECT_THAT(encoded({Type::Event, "/", {}, Array{"hello", make_bytes("\1")}}),
              ElementsAre(R"(51-["hello",{"_placeholder":true,"num":0}])", "\1"));
  EXPECT_THAT(encoded({Type::Ack, "/admin", 456, Array{make_bytes("\3")}}),
              ElementsAre(R"(61-/admin,456[{"_placeholder":true,"num":0}])", "\3"));
}

TEST(SocketPackets, EachTypeIsRead) {
  EXPECT_EQ(decoded("0"), (SocketPacket{Type::Connect, "/", {}, {}}));
  EXPECT_EQ(decoded("0/custom"), (SocketPacket{Type::Connect, "/custom", {}, {}}));
  EXPECT_EQ(decoded("0/custom?a=1,"), (SocketPacket{Type::Connect, "/custom?a=1", {}, {}}));
  EXPECT_EQ(decoded("1/custom,"), (SocketPacket{Type::Disconnect, "/custom", {}, {}}));
  EXPECT_EQ(decoded(R"(2/a,7["e",{"3":[true]}])"),
            (SocketPacket{Type::Event, "/a", 7, Array{"e", object({{"3", Array{true}}})}}));
  EXPECT_EQ(decoded("30[]"), (SocketPacket{Type::Ack, "/", 0, Array{}}));
  EXPECT_EQ(decoded("2[1]"), (SocketPacket{Type::Event, "/", {}, Array{1}}));
  EXPECT_EQ(decoded(R"(50-["e"])"), (SocketPacket{Type::Event, "/", {}, Array{"e"}}));
}

TEST(SocketPackets, AttachmentsComeBackToTheirPlaces) {
  const SocketPacket packet{Type::Event, "/a", 3,
                            Array{"e", make_bytes("x"), object({{"b", Array{make_bytes("y")}}})}};
  EXPECT_EQ(decoded(encode(packet)).value(), packet);
  // In any order, and one of them twice.
  const auto shuffled = decoded(
      {Message::text(
           R"(62-1[{"_placeholder":true,"num":1},{"num":0,"_placeholder":true},{"_placeholder":true,"num":1}])"),
       Message::bytes("x"), Message::bytes("y")});
  EXPECT_EQ(
      shuffled.value(),
      (SocketPacket{Type::Ack, "/", 1, Array{make_bytes("y"), make_bytes("x"), make_bytes("y")}}));
}

TEST(SocketPackets, PlaceholdersInTextPacketsArePlainObjects) {
  const SocketPacket packet = decoded(R"(2["e",{"_placeholder":true,"num":0}])");
  EXPECT_NE(packet.data->array()->at(1).object(), nullptr);
}

TEST(SocketPackets, WhatIsNoPacketIsRefused) {
  for (const char* text : {"",
                           "7",
                           "abc",
                           "2",
                           "2{}",
                           "2[]",
                           "2abc[\"e\"]",
                           "2[{}]",
                           "2[null]",
                           "2[\"connect\"]",
                           "2[\"disconnect\"]",
                           "0[]",
                           "0\"x\"",
                           "1{}",
                           "3",
                           "3{}",
                           "4",
                           "5[\"e\"]",
                           "5-[\"e\"]",
                           "5x-[\"e\"]",
                           "51[\"e\"]",
                           "565-[\"e\"]",
                           "299999999999999999999[\"e\"]",
                           "2[\"e\"",
                           "2[\"e\"]x"})
    EXPECT_FALSE(decoded({Message::text(text)})) << text;
  EXPECT_FALSE(decoded({Message::text("0/" + std::string(200, 'x'))}));
}

TEST(SocketPackets, AttachmentsThatLieAreRefused) {
  const Message one = Message::text(R"(51-["e",{"_placeholder":true,"num":0}])");
  EXPECT_FALSE(decoded({Message::bytes("x")}));
  EXPECT_FALSE(decoded({one, Message::text(R"(2["e"])")}));
  EXPECT_FALSE(decoded({one, Message::bytes("x"), Message::bytes("y")}));
  for (const char* number : {"1", "-1", "0.5", "\"0\"", "null", "1e9"})
    EXPECT_FALSE(decoded(
        {Message::text(R"(51-["e",{"_placeholder":true,"num":)" + std::string(number) + "}]"),
         Message::bytes("x")}))
        << number;
  EXPECT_FALSE(decoded({Message::text(R"(51-["e",{"_placeholder":true}])"), Message::bytes("x")}));
  EXPECT_FALSE(decoded({one, Message::bytes("xyz")}, {.attachment_bytes = 2}));
}

}  // namespace
}  // namespace parley::signaling::socketio
