#include "signaling/http/room_json.hpp"

#include "signaling/http/json.hpp"

namespace parley::signaling::http {
namespace {

void add(JsonBuilder* b, const char* name, const std::string& value) {
  json_builder_set_member_name(b, name);
  json_builder_add_string_value(b, value.c_str());
}

void add(JsonBuilder* b, const char* name, std::string_view value) {
  add(b, name, std::string(value));
}

void add(JsonBuilder* b, const char* name, bool value) {
  json_builder_set_member_name(b, name);
  json_builder_add_boolean_value(b, value ? TRUE : FALSE);
}

template <typename Items, typename Write>
void add_array(JsonBuilder* b, const char* name, const Items& items, Write write) {
  json_builder_set_member_name(b, name);
  json_builder_begin_array(b);
  for (const auto& item : items) write(b, item);
  json_builder_end_array(b);
}

void write_track(JsonBuilder* b, const rooms::Track& track) {
  json_builder_begin_object(b);
  add(b, "id", track.id.str());
  add(b, "kind", media::to_string(track.kind));
  add(b, "source", rooms::to_string(track.source));
  add(b, "codec", track.codec);
  add(b, "muted", track.muted);
  json_builder_end_object(b);
}

void write_subscription(JsonBuilder* b, const SubscriptionState& subscription) {
  json_builder_begin_object(b);
  add(b, "track", subscription.track.str());
  add(b, "publisher", subscription.publisher.str());
  add(b, "mid", subscription.mid);
  add(b, "state", subscription.state);
  json_builder_end_object(b);
}

void write_participant(JsonBuilder* b, const ParticipantState& state) {
  json_builder_begin_object(b);
  add(b, "id", state.participant.id.str());
  add(b, "name", state.participant.name);
  add(b, "host", state.participant.host);
  add_array(b, "tracks", state.participant.tracks, write_track);
  add(b, "connection", state.connection);
  add_array(b, "subscriptions", state.subscriptions, write_subscription);
  json_builder_end_object(b);
}

void write_room(JsonBuilder* b, const RoomState& room) {
  json_builder_begin_object(b);
  add(b, "id", room.id.str());
  add_array(b, "participants", room.participants, write_participant);
  for (const char* name : {"branches", "recordings"}) {
    json_builder_set_member_name(b, name);
    json_builder_begin_array(b);
    json_builder_end_array(b);
  }
  json_builder_end_object(b);
}

}  // namespace

std::string to_json(const RoomState& room) {
  const auto builder = json::make_builder();
  write_room(builder.get(), room);
  return json::to_text(builder);
}

std::string to_json(const std::vector<RoomState>& rooms) {
  const auto builder = json::make_builder();
  json_builder_begin_array(builder.get());
  for (const RoomState& room : rooms) write_room(builder.get(), room);
  json_builder_end_array(builder.get());
  return json::to_text(builder);
}

}  // namespace parley::signaling::http
