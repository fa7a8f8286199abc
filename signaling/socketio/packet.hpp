// Packets of Socket.IO, protocol version 5, and of version 4, which clients 2.x speak.
// https://github.com/socketio/socket.io-protocol. Pure; thread-safe unless said otherwise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signaling/socketio/engine_packet.hpp"
#include "signaling/socketio/value.hpp"
#include "support/result.hpp"

namespace parley::signaling::socketio {

enum class SocketPacketType : char {
  Connect = '0',
  Disconnect = '1',
  Event = '2',
  Ack = '3',
  ConnectError = '4',
  BinaryEvent = '5',  ///< on the wire only: an Event with attachments
  BinaryAck = '6',    ///< likewise
};

/// An event's first value is its name. Ids are acknowledged by an Ack with the same id.
struct SocketPacket {
  SocketPacketType type = SocketPacketType::Event;
  std::string nsp = "/";
  std::optional<std::uint64_t> id{};
  std::optional<Value> data{};  ///< an object or nothing, for events and acks an array

  bool operator==(const SocketPacket&) const = default;
};

/// As Engine.IO messages: the text, then its attachments. Events and acks with binary in them
/// become BinaryEvent and BinaryAck.
[[nodiscard]] std::vector<Message> encode(const SocketPacket& packet);

struct DecoderLimits {
  std::size_t attachments = 64;              ///< of one packet
  std::size_t attachment_bytes = 8'000'000;  ///< of one packet's attachments together
  std::size_t nsp_length = 128;              ///< bytes of a namespace's name with its query
  JsonLimits json{};
};

/// Puts packets together from the messages of one session. Not thread-safe. Error: bad_packet,
/// after which the session is to be closed, for what follows cannot be told apart.
class SocketDecoder {
 public:
  explicit SocketDecoder(const DecoderLimits& limits) : limits_(limits) {}

  /// The packet that this message completes; nothing while attachments are missing.
  Result<std::optional<SocketPacket>> add(const Message& message);

 private:
  Result<std::optional<SocketPacket>> begin(std::string_view text);
  Result<std::optional<SocketPacket>> complete();

  DecoderLimits limits_;
  std::optional<SocketPacket> pending_;  ///< its attachments are still to come
  std::size_t expected_ = 0;
  std::vector<Bytes> attachments_;
  std::size_t attachment_bytes_ = 0;
};

/// Names that events may not have: both sides give them a meaning of their own.
[[nodiscard]] bool is_reserved_event(std::string_view name);

}  // namespace parley::signaling::socketio
