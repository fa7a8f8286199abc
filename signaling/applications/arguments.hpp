// What the events of existing clients carry, read with care. Pure; thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "signaling/socketio/socket.hpp"

namespace parley::signaling::applications {

/// Bytes of a name that clients choose: of a room, a channel, a peer.
inline constexpr std::size_t kMaxName = 128;

/// Null when the client left it out.
const socketio::Value* argument(const socketio::Args& args, std::size_t index);

/// A name: text of 1 to kMaxName bytes, or a number (ids from databases) as JSON writes it. Nothing
/// for anything else, and for null.
std::optional<std::string> read_name(const socketio::Value* value);

/// Answers, where the client asked for an answer, {error: {code, message}}. These protocols have no
/// other place for it.
void refuse(const socketio::Ack& ack, std::string_view code, std::string_view message);

}  // namespace parley::signaling::applications
