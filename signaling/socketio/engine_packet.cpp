#include "signaling/socketio/engine_packet.hpp"

#include "signaling/socketio/base64.hpp"
#include "signaling/socketio/utf8.hpp"

namespace parley::signaling::socketio {
namespace {

Error bad(const char* what) {
  return {"bad_packet", what};
}

bool is_type(char c) {
  return c >= '0' && c <= '6';
}

/// Version 4: "b<base64>"; version 3: "b<type><base64>".
Result<Packet> decode_base64(std::string_view text, Version version) {
  if (version == Version::V3) {
    if (!text.starts_with('4')) return bad("a base64 packet of version 3 is no message");
    text.remove_prefix(1);
  }
  auto data = base64_decode(text);
  if (!data) return bad("a packet is not valid base64");
  return Packet{PacketType::Message, Message::bytes(*std::move(data))};
}

}  // namespace

Frame encode_frame(const Packet& packet, Version version, bool base64) {
  const std::string& data = *packet.body.data;
  const auto type = static_cast<char>(packet.type);
  if (!packet.body.binary) return {false, type + data};
  if (base64) return {false, (version == Version::V3 ? "b4" : "b") + base64_encode(data)};
  if (version == Version::V4) return {true, data};
  return {true, static_cast<char>(type - '0') + data};
}

Result<Packet> decode_frame(bool binary, std::string_view data, Version version) {
  if (binary && version == Version::V4)
    return Packet{PacketType::Message, Message::bytes(std::string(data))};
  if (data.empty()) return bad("a packet is empty");
  if (binary) {
    if (data.front() != 4) return bad("a binary packet is no message");
    return Packet{PacketType::Message, Message::bytes(std::string(data.substr(1)))};
  }
  if (!is_utf8(data)) return bad("a packet is not valid UTF-8");
  if (data.front() == 'b') return decode_base64(data.substr(1), version);
  if (!is_type(data.front())) return bad("a packet is of no known type");
  return Packet{PacketType(data.front()), Message::text(std::string(data.substr(1)))};
}

}  // namespace parley::signaling::socketio
