#include "signaling/native/encode.hpp"

#include <ctime>

#include <json-glib/json-glib.h>

#include "support/glib/ref.hpp"

namespace parley::signaling::native {
namespace {

/// An object under construction; members are written in the order of the calls.
class Writer {
 public:
  Writer() : builder_(Ref<JsonBuilder>::adopt(json_builder_new())) { json_builder_begin_object(get()); }

  Writer& text(const char* name, std::string_view value) {
    json_builder_set_member_name(get(), name);
    element(value);
    return *this;
  }
  Writer& flag(const char* name, bool value) {
    json_builder_set_member_name(get(), name);
    json_builder_add_boolean_value(get(), value ? TRUE : FALSE);
    return *this;
  }
  Writer& number(const char* name, std::int64_t value) {
    json_builder_set_member_name(get(), name);
    json_builder_add_int_value(get(), value);
    return *this;
  }
  /// The request's id, as the JSON text it was.
  Writer& id(const std::string& text) {
    if (text.empty()) return *this;
    json_builder_set_member_name(get(), "id");
    json_builder_add_value(get(), json_from_string(text.c_str(), nullptr));
    return *this;
  }
  template <typename Write>
  Writer& object(const char* name, const Write& write) {
    json_builder_set_member_name(get(), name);
    nested(write);
    return *this;
  }
  template <typename List, typename Write>
  Writer& array(const char* name, const List& list, const Write& write) {
    json_builder_set_member_name(get(), name);
    json_builder_begin_array(get());
    for (const auto& entry : list) write(entry);
    json_builder_end_array(get());
    return *this;
  }
  template <typename Write>
  void nested(const Write& write) {
    json_builder_begin_object(get());
    write();
    json_builder_end_object(get());
  }
  void element(std::string_view value) { json_builder_add_string_value(get(), std::string(value).c_str()); }

  std::string finish() {
    json_builder_end_object(get());
    const Handle<JsonNode, json_node_unref> root(json_builder_get_root(get()));
    const Handle<char, g_free> text(json_to_string(root.get(), FALSE));
    return text.get();
  }

 private:
  JsonBuilder* get() { return builder_.get(); }
  Ref<JsonBuilder> builder_;
};

/// ISO 8601 with milliseconds, in UTC.
std::string iso_time(WallTime time) {
  const auto milliseconds = time.time_since_epoch().count();
  const std::time_t seconds = static_cast<std::time_t>(milliseconds / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(milliseconds % 1000));
  return text;
}

void write_track(Writer& w, const rooms::Track& track) {
  w.text("id", track.id.str()).text("kind", media::to_string(track.kind)).text("source", to_string(track.source));
  w.text("codec", track.codec).flag("muted", track.muted);
}

void write_tracks(Writer& w, const std::vector<rooms::Track>& tracks) {
  w.array("tracks", tracks, [&](const rooms::Track& track) { w.nested([&] { write_track(w, track); }); });
}

void write_participant(Writer& w, const rooms::Participant& participant) {
  w.text("id", participant.id.str()).text("name", participant.name).flag("host", participant.host);
  write_tracks(w, participant.tracks);
}

void write_chat(Writer& w, const rooms::ChatMessage& message) {
  w.text("id", message.id).text("participant", message.from.str()).text("name", message.name);
  w.text("text", message.text).text("at", iso_time(message.at));
}

void write_slots(Writer& w, const std::vector<SlotMapping>& slots) {
  w.array("slots", slots, [&](const SlotMapping& slot) {
    w.nested([&] {
      w.text("mid", slot.mid).text("participant", slot.participant.str()).text("track", slot.track.str());
    });
  });
}

void write_description(Writer& w, const Description& description) {
  w.text("sdp", description.sdp).number("version", description.version);
  write_slots(w, description.slots);
  w.array("publications", description.publications, [&](const PublicationMapping& publication) {
    w.nested([&] { w.text("mid", publication.mid).text("track", publication.track.str()); });
  });
}

struct ReplyWriter {
  Writer& w;

  void operator()(const rooms::reply::Done&) const {}
  void operator()(const rooms::reply::Joined& joined) const {
    w.text("room", joined.room.str()).text("participant", joined.participant.str());
    w.text("resumeToken", joined.resume_token).flag("host", joined.host).flag("resumed", joined.resumed);
    w.array("participants", joined.participants,
            [&](const rooms::Participant& p) { w.nested([&] { write_participant(w, p); }); });
    write_tracks(w, joined.tracks);
    w.array("chat", joined.chat, [&](const rooms::ChatMessage& m) { w.nested([&] { write_chat(w, m); }); });
  }
  void operator()(const rooms::reply::Published& published) const { w.text("track", published.track.str()); }
  void operator()(const rooms::reply::Posted& posted) const { w.text("message", posted.message_id); }
};

struct EventWriter {
  Writer& w;

  void operator()(const rooms::event::ParticipantJoined& e) const {
    w.text("type", "participant-joined").object("participant", [&] { write_participant(w, e.participant); });
  }
  void operator()(const rooms::event::ParticipantLeft& e) const {
    w.text("type", "participant-left").text("participant", e.participant.str()).text("reason", e.reason);
  }
  void operator()(const rooms::event::HostChanged& e) const {
    w.text("type", "host-changed").text("participant", e.participant.str());
  }
  void operator()(const rooms::event::TrackAdded& e) const {
    w.text("type", "track-added").text("participant", e.participant.str());
    w.object("track", [&] { write_track(w, e.track); });
  }
  void operator()(const rooms::event::TrackRemoved& e) const {
    w.text("type", "track-removed").text("participant", e.participant.str()).text("track", e.track.str());
  }
  void operator()(const rooms::event::TrackMuted& e) const {
    w.text("type", "track-muted").text("participant", e.participant.str()).text("track", e.track.str());
    w.flag("muted", e.muted);
  }
  void operator()(const rooms::event::TrackUndecodable& e) const {
    w.text("type", "track-undecodable").text("participant", e.participant.str()).text("track", e.track.str());
    w.text("codec", e.codec).flag("undecodable", e.undecodable);
  }
  void operator()(const rooms::event::ChatPosted& e) const {
    w.text("type", "chat").object("message", [&] { write_chat(w, e.message); });
  }
  void operator()(const rooms::event::ActiveSpeaker& e) const {
    w.text("type", "active-speaker");
    w.array("participants", e.participants, [&](const ParticipantId& id) { w.element(id.str()); });
  }
  void operator()(const rooms::event::PublishFailed& e) const {
    w.text("type", "publish-failed").text("track", e.track.str());
  }
  void operator()(const rooms::event::TransportClosed& e) const { last_words("transport-closed", e.reason); }
  void operator()(const rooms::event::Removed& e) const { last_words("removed", e.reason); }
  void operator()(const rooms::event::RoomClosed& e) const { last_words("room-closed", e.reason); }

 private:
  void last_words(std::string_view type, std::string_view reason) const {
    w.text("type", type).text("reason", reason);
  }
};

}  // namespace

std::string encode_reply(const std::string& id, const rooms::Reply& reply) {
  Writer w;
  w.id(id).text("type", "ok");
  const ReplyWriter writer{w};
  std::visit(writer, reply);
  return w.finish();
}

std::string encode_error(const std::string& id, const Error& error) {
  Writer w;
  w.id(id).text("type", "error");
  w.object("error", [&] { w.text("code", error.code).text("message", error.message); });
  return w.finish();
}

std::string encode_answer(const std::string& id, const Description& answer) {
  Writer w;
  w.id(id).text("type", "ok").object("answer", [&] { write_description(w, answer); });
  return w.finish();
}

std::string encode_pong(const std::string& id, WallTime now) {
  Writer w;
  return w.id(id).text("type", "ok").number("time", now.time_since_epoch().count()).finish();
}

std::string encode_event(const rooms::Event& event) {
  Writer w;
  const EventWriter writer{w};
  std::visit(writer, event);
  return w.finish();
}

std::string encode_joined(const rooms::reply::Joined& joined) {
  Writer w;
  w.text("type", "joined").text("room", joined.room.str()).text("participant", joined.participant.str());
  return w.flag("host", joined.host).finish();
}

std::string encode_offer(const Description& offer) {
  Writer w;
  w.text("type", "offer");
  write_description(w, offer);
  return w.finish();
}

std::string encode_slots(const std::vector<SlotMapping>& slots) {
  Writer w;
  w.text("type", "slots");
  write_slots(w, slots);
  return w.finish();
}

}  // namespace parley::signaling::native
