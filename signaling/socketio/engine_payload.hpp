// Payloads of Engine.IO: the packets in the body of one polling request or response.
// Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "signaling/socketio/engine_packet.hpp"

namespace parley::signaling::socketio {

/// A body and how it is sent: binary as application/octet-stream, else as text.
struct Payload {
  bool binary = false;
  std::string data;

  bool operator==(const Payload&) const = default;
};

/// Version 4 joins packets with U+001E and writes binary as base64. Version 3 puts each packet's
/// length before it, in characters; a payload with binary in it is binary as a whole, unless the
/// client asked for base64 (b64=1).
[[nodiscard]] Payload encode_payload(const std::vector<Packet>& packets, Version version,
                                     bool base64);

/// Error: bad_packet; also for more than `max_packets`. The caller bounds the size of `data`.
[[nodiscard]] Result<std::vector<Packet>> decode_payload(bool binary, std::string_view data,
                                                         Version version, std::size_t max_packets);

}  // namespace parley::signaling::socketio
