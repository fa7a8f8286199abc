// Packets of Engine.IO, protocol versions 4 and 3, and their form in WebSocket frames.
// https://github.com/socketio/engine.io-protocol (version 3 stands in its branch "v3").
// Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "signaling/socketio/value.hpp"
#include "support/result.hpp"

namespace parley::signaling::socketio {

/// The EIO parameter of a request. V3 is spoken by socket.io clients 1.x and 2.x.
enum class Version : std::uint8_t { V3 = 3, V4 = 4 };

enum class PacketType : char {
  Open = '0',
  Close = '1',
  Ping = '2',
  Pong = '3',
  Message = '4',
  Upgrade = '5',
  Noop = '6',
};

/// Text (valid UTF-8) or binary, shared by all who send it.
struct Message {
  bool binary = false;
  Bytes data = make_bytes({});

  static Message text(std::string data) { return {false, make_bytes(std::move(data))}; }
  static Message bytes(std::string data) { return {true, make_bytes(std::move(data))}; }
  bool operator==(const Message& other) const {
    return binary == other.binary && *data == *other.data;
  }
};

struct Packet {
  PacketType type = PacketType::Noop;
  Message body{};  ///< binary in messages only

  bool operator==(const Packet&) const = default;
};

/// What one WebSocket message holds.
struct Frame {
  bool binary = false;
  std::string data;

  bool operator==(const Frame&) const = default;
};

/// `base64`: for clients that cannot take binary frames (their request said b64=1).
[[nodiscard]] Frame encode_frame(const Packet& packet, Version version, bool base64);
/// Error: bad_packet.
[[nodiscard]] Result<Packet> decode_frame(bool binary, std::string_view data, Version version);

}  // namespace parley::signaling::socketio
