#include "signaling/native/parts.hpp"

namespace parley::signaling::native {

void write_participant(json::Writer& out, const rooms::Participant& participant) {
  out.field("id", participant.id.str());
  out.field("name", participant.name);
  out.field("host", participant.host);
  out.list("tracks", participant.tracks,
           [&](const rooms::Track& track) { write_track(out, track); });
}

void write_track(json::Writer& out, const rooms::Track& track) {
  out.field("id", track.id.str());
  out.field("kind", media::to_string(track.kind));
  out.field("source", rooms::to_string(track.source));
  out.field("codec", track.codec);
  if (!track.layers.empty())
    out.strings("layers", track.layers, [](const std::string& rid) { return rid; });
  out.field("muted", track.muted);
  if (track.held) out.field("held", true);
}

void write_chat_message(json::Writer& out, const rooms::ChatMessage& message) {
  out.field("id", message.id);
  out.field("participant", message.from.str());
  out.field("name", message.name);
  out.field("text", message.text);
  out.field("at", iso8601(message.at));
}

void write_slots(json::Writer& out, const std::vector<SlotMapping>& slots) {
  out.list("slots", slots, [&](const SlotMapping& slot) {
    out.field("mid", slot.mid);
    out.field("participant", slot.participant.str());
    out.field("track", slot.track.str());
  });
}

void write_description(json::Writer& out, const Description& description) {
  out.field("sdp", description.sdp);
  write_slots(out, description.slots);
  out.list("publications", description.publications, [&](const PublicationMapping& publication) {
    out.field("mid", publication.mid);
    out.field("track", publication.track.str());
  });
}

}  // namespace parley::signaling::native
