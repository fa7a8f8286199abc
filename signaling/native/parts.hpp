// The shapes that several messages share. Private to signaling/native.
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

/// "2026-05-01T12:00:00.123Z" (RFC 3339).
std::string iso8601(WallTime time);

}  // namespace parley::signaling::native
