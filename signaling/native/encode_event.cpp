// Events: messages that no request asked for.
#include "signaling/native/encode.hpp"
#include "signaling/native/parts.hpp"

namespace parley::signaling::native {
namespace {

namespace event = rooms::event;

/// Adds an event's type and members.
struct EventFields {
  json::Writer& out;

  void operator()(const event::ParticipantJoined& e) const {
    out.field("type", "participant-joined");
    out.object("participant", [&] { write_participant(out, e.participant); });
  }
  void operator()(const event::ParticipantLeft& e) const {
    participant("participant-left", e.participant);
    out.field("reason", e.reason);
  }
  void operator()(const event::HostChanged& e) const { participant("host-changed", e.participant); }
  void operator()(const event::TrackAdded& e) const {
    participant("track-added", e.participant);
    out.object("track", [&] { write_track(out, e.track); });
  }
  void operator()(const event::TrackRemoved& e) const {
    track("track-removed", e.participant, e.track);
  }
  void operator()(const event::TrackMuted& e) const {
    track("track-muted", e.participant, e.track);
    out.field("muted", e.muted);
  }
  void operator()(const event::TrackUndecodable& e) const {
    track("track-undecodable", e.participant, e.track);
    out.field("codec", e.codec);
    out.field("undecodable", e.undecodable);
  }
  void operator()(const event::TrackHeld& e) const {
    track("track-held", e.participant, e.track);
    out.field("held", e.held);
  }
  void operator()(const event::ChatPosted& e) const {
    out.field("type", "chat");
    out.object("message", [&] { write_chat_message(out, e.message); });
  }
  void operator()(const event::ActiveSpeaker& e) const {
    out.field("type", "active-speaker");
    out.strings("participants", e.participants, [](const ParticipantId& id) { return id.str(); });
    if (!e.dominant.empty()) out.field("dominant", e.dominant.str());
  }
  void operator()(const event::PublishFailed& e) const {
    out.field("type", "publish-failed");
    out.field("track", e.track.str());
  }
  void operator()(const event::TransportClosed& e) const { reason("transport-closed", e.reason); }
  void operator()(const event::Removed& e) const { reason("removed", e.reason); }
  void operator()(const event::RoomClosed& e) const { reason("room-closed", e.reason); }

 private:
  void participant(const char* type, const ParticipantId& id) const {
    out.field("type", type);
    out.field("participant", id.str());
  }
  void track(const char* type, const ParticipantId& of, const TrackId& id) const {
    participant(type, of);
    out.field("track", id.str());
  }
  void reason(const char* type, const std::string& text) const {
    out.field("type", type);
    out.field("reason", text);
  }
};

}  // namespace

std::string encode_event(const rooms::Event& event) {
  json::Writer out;
  std::visit(EventFields{out}, event);
  return out.text();
}

std::string encode_joined(const rooms::reply::Joined& joined) {
  json::Writer out;
  out.field("type", "joined");
  out.field("room", joined.room.str());
  out.field("participant", joined.participant.str());
  out.field("host", joined.host);
  return out.text();
}

std::string encode_offer(const Description& offer) {
  json::Writer out;
  out.field("type", "offer");
  out.field("version", std::int64_t{offer.version});
  write_description(out, offer);
  return out.text();
}

std::string encode_slots(const std::vector<SlotMapping>& slots) {
  json::Writer out;
  out.field("type", "slots");
  write_slots(out, slots);
  return out.text();
}

}  // namespace parley::signaling::native
