#include "signaling/http/room_json.hpp"

#include <array>

#include "signaling/json/writer.hpp"
#include "signaling/native/parts.hpp"

namespace parley::signaling::http {
namespace {

void write_subscription(json::Writer& out, const SubscriptionState& subscription) {
  out.field("track", subscription.track.str());
  out.field("publisher", subscription.publisher.str());
  out.field("mid", subscription.mid);
  out.field("state", subscription.state);
}

void write_participant(json::Writer& out, const ParticipantState& state) {
  native::write_participant(out, state.participant);
  out.field("connection", state.connection);
  out.list("subscriptions", state.subscriptions,
           [&](const SubscriptionState& subscription) { write_subscription(out, subscription); });
}

}  // namespace

std::string to_json(const RoomState& room) {
  static constexpr std::array<int, 0> kNone{};
  json::Writer out;
  out.field("id", room.id.str());
  out.list("participants", room.participants,
           [&](const ParticipantState& participant) { write_participant(out, participant); });
  out.list("branches", kNone, [](int) {});
  out.list("recordings", kNone, [](int) {});
  return out.text();
}

std::string to_json(const std::vector<RoomState>& rooms) {
  std::string list = "[";
  for (const RoomState& room : rooms) {
    if (list.size() > 1) list += ',';
    list += to_json(room);
  }
  return list + ']';
}

}  // namespace parley::signaling::http
  out.field("lastN", static_cast<std::int64_t>(room.settings.last_n));
  if (!room.dominant.empty()) out.field("dominantSpeaker", room.dominant.str());
