// From what the server has to say to messages of parley.v1 (docs/signaling.md). No state; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "rooms/effect.hpp"
#include "signaling/backend.hpp"
#include "support/result.hpp"
#include "support/time.hpp"

namespace parley::signaling::native {

// --- replies; `id` is the JSON text that came with the request --------------------------------------

std::string encode_reply(const std::string& id, const rooms::Reply& reply);
/// Without an id ("") it is the error of a message that had none.
std::string encode_error(const std::string& id, const Error& error);
/// The reply to the client's own offer.
std::string encode_answer(const std::string& id, const Description& answer);
std::string encode_pong(const std::string& id, WallTime now);

// --- events -----------------------------------------------------------------------------------------

std::string encode_event(const rooms::Event& event);
/// Follows the reply to a join.
std::string encode_joined(const rooms::reply::Joined& joined);
std::string encode_offer(const Description& offer);
std::string encode_slots(const std::vector<SlotMapping>& slots);

}  // namespace parley::signaling::native
