// parley.v1, to the client: replies and events to JSON text. docs/signaling.md is the protocol.
// Every function is pure and thread-safe, and returns one whole text message.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "signaling/backend.hpp"
#include "signaling/ice_server.hpp"
#include "signaling/native/decode.hpp"

namespace parley::signaling::native {

/// Joiners are told how often the server pings (`keepalive`), and of `ice_servers`.
std::string encode_reply(const MessageId& id, const rooms::Reply& reply,
                         std::chrono::seconds keepalive,
                         const std::vector<IceServer>& ice_servers = {});
std::string encode_error(const MessageId& id, const Error& error);
std::string encode_pong(const MessageId& id, WallTime now);
/// The reply to the client's own offer.
std::string encode_answer(const MessageId& id, const Description& answer);

std::string encode_event(const rooms::Event& event);
/// The event that follows the reply to a join.
std::string encode_joined(const rooms::reply::Joined& joined);
std::string encode_offer(const Description& offer);
std::string encode_slots(const std::vector<SlotMapping>& slots);

}  // namespace parley::signaling::native
