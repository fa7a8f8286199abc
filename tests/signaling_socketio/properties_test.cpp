// What is written is read as it was; whatever else comes is an error and nothing worse.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "signaling/socketio/base64.hpp"
#include "signaling/socketio/engine_payload.hpp"
#include "signaling/socketio/packet.hpp"
#include "signaling/socketio/utf8.hpp"

namespace parley::signaling::socketio {
namespace {

std::string any_text() {
  std::string text;
  for (const auto point : *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::oneOf(
           rc::gen::inRange<std::uint32_t>(0, 0x80), rc::gen::inRange<std::uint32_t>(0, 0x110000))))
    append_utf8(point, text);
  return text;
}

Packet any_packet() {
  if (*rc::gen::arbitrary<bool>())
    return {PacketType::Message, Message::bytes(*rc::gen::arbitrary<std::string>())};
  const auto type = *rc::gen::inRange('0', '7');
  return {PacketType(type), Message::text(any_text())};
}

Value any_value(int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 7 : 5)) {
    case 0:
      return nullptr;
    case 1:
      return *rc::gen::arbitrary<bool>();
    case 2:
      return *rc::gen::arbitrary<double>();
    case 3:
      return any_text();
    case 4:
      return make_bytes(*rc::gen::arbitrary<std::string>());
    case 5: {
      Array items;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) items.push_back(any_value(depth - 1));
      return items;
    }
    default: {
      Object members;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
        members.emplace_back(any_text(), any_value(depth - 1));
      return members;
    }
  }
}

RC_GTEST_PROP(SocketIoProperties, FramesComeBack, ()) {
  const Packet packet = any_packet();
  for (const Version version : {Version::V3, Version::V4})
    for (const bool base64 : {false, true}) {
      const Frame frame = encode_frame(packet, version, base64);
      RC_ASSERT(decode_frame(frame.binary, frame.data, version).value() == packet);
    }
}

RC_GTEST_PROP(SocketIoProperties, PayloadsComeBack, ()) {
  std::vector<Packet> packets{any_packet()};
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i) packets.push_back(any_packet());
  for (const Version version : {Version::V3, Version::V4})
    for (const bool base64 : {false, true}) {
      // U+001E ends packets of version 4; JSON, which is all that clients send, escapes it.
      if (version == Version::V4)
        for (const Packet& packet : packets)
          RC_PRE(packet.body.binary || packet.body.data->find('\x1e') == std::string::npos);
      const Payload payload = encode_payload(packets, version, base64);
      RC_ASSERT(decode_payload(payload.binary, payload.data, version, 6).value() == packets);
    }
}

RC_GTEST_PROP(SocketIoProperties, SocketPacketsComeBack, ()) {
  SocketPacket packet{SocketPacketType::Event, "/", {}, Array{"event", any_value(3), any_value(3)}};
  if (*rc::gen::arbitrary<bool>()) packet.nsp = "/custom";
  if (*rc::gen::arbitrary<bool>()) packet.id = *rc::gen::inRange<std::uint64_t>(0, 1U << 30U);
  if (packet.id && *rc::gen::arbitrary<bool>()) packet.type = SocketPacketType::Ack;
  const auto messages = encode(packet);
  RC_PRE(messages.size() <= 65U);
  SocketDecoder decoder({});
  std::optional<SocketPacket> read;
  for (const Message& message : messages) {
    RC_ASSERT(!read);
    read = decoder.add(message).value();
  }
  RC_ASSERT(read == packet);
}

RC_GTEST_PROP(SocketIoProperties, Base64ComesBack, (const std::string& data)) {
  RC_ASSERT(base64_decode(base64_encode(data)) == data);
}

RC_GTEST_PROP(SocketIoProperties, AnyBytesAreReadOrRefused, (const std::string& data)) {
  for (const Version version : {Version::V3, Version::V4})
    for (const bool binary : {false, true}) {
      (void)decode_frame(binary, data, version);
      (void)decode_payload(binary, data, version, 100);
    }
  SocketDecoder decoder({});
  (void)decoder.add(Message::text(data));
  (void)decoder.add(Message::bytes(data));
}

}  // namespace
}  // namespace parley::signaling::socketio
