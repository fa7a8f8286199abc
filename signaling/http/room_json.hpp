// Rooms as the REST API shows them. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "signaling/backend.hpp"

namespace parley::signaling::http {

/// {"id","lastN","dominantSpeaker"?,"participants":[…],"branches":[…],"recordings":[]}
std::string to_json(const RoomState& room);
/// An array of the same.
std::string to_json(const std::vector<RoomState>& rooms);

}  // namespace parley::signaling::http
