// The shapes that several messages share, and the REST API with them. Private to signaling.
#pragma once

#include <string>
#include <vector>

#include "rooms/types.hpp"
#include "signaling/backend.hpp"
#include "signaling/json/writer.hpp"

namespace parley::signaling::native {

// Each adds the members of one object.
void write_participant(json::Writer& out, const rooms::Participant& participant);
void write_track(json::Writer& out, const rooms::Track& track);
void write_chat_message(json::Writer& out, const rooms::ChatMessage& message);
void write_slots(json::Writer& out, const std::vector<SlotMapping>& slots);
/// sdp, slots and publications.
void write_description(json::Writer& out, const Description& description);

}  // namespace parley::signaling::native
