#include "fake_backend.hpp"

#include <algorithm>

namespace parley::signaling::http {
namespace {

Error room_not_found() {
  return {"room_not_found", "There is no such room"};
}

}  // namespace

ClientId FakeBackend::connected(std::weak_ptr<Client> client) {
  const ClientId id = clients.size() + 1;
  clients[id] = std::move(client);
  return id;
}

void FakeBackend::disconnected(ClientId client, bool clean) {
  gone.push_back({client, clean});
}

void FakeBackend::request(ClientId client_id, RequestId request, Request what) {
  asked.push_back({client_id, request, std::move(what)});
  if (!answer_at_once) return;
  if (const auto target = client(client_id))
    target->answer(request, rooms::Reply(rooms::reply::Done{}));
}

Result<RoomState> FakeBackend::room(const RoomId& room) const {
  for (const RoomState& state : states)
    if (state.id == room) return state;
  return room_not_found();
}

Result<RoomId> FakeBackend::create_room(const RoomId& wanted,
                                        const rooms::SettingsChange& settings) {
  if (refuse_creation) return *refuse_creation;
  const RoomId id = wanted.empty() ? RoomId("made-up") : wanted;
  if (room(id)) return Error{"room_exists", "There is such a room already"};
  states.push_back({id, {settings.last_n.value_or(0)}, {}, {}});
  return id;
}

Status FakeBackend::change_room(const RoomId& id, const rooms::SettingsChange& change) {
  for (RoomState& state : states) {
    if (state.id != id) continue;
    if (change.last_n) state.settings.last_n = *change.last_n;
    return Nothing{};
  }
  return room_not_found();
}

Status FakeBackend::close_room(const RoomId& id) {
  const auto found = room(id);
  if (!found) return found.error();
  closed_rooms.push_back(id);
  std::erase_if(states, [&](const RoomState& state) { return state.id == id; });
  return Nothing{};
}

Status FakeBackend::remove_participant(const RoomId& id, const ParticipantId& participant) {
  const auto found = room(id);
  if (!found) return found.error();
  for (const ParticipantState& state : found->participants) {
    if (state.participant.id != participant) continue;
    removed.push_back(participant);
    return Nothing{};
  }
  return Error{"participant_not_found", "There is no such participant"};
}

Result<std::string> FakeBackend::graph(const RoomId& id) const {
  const auto found = room(id);
  if (!found) return found.error();
  return dot;
}

std::shared_ptr<Client> FakeBackend::client(ClientId id) const {
  const auto found = clients.find(id);
  return found == clients.end() ? nullptr : found->second.lock();
}

namespace {

LayerState layer(std::string rid, std::uint32_t ssrc) {
  LayerState state;
  state.rid = std::move(rid);
  state.ssrc = ssrc;
  state.active = true;
  state.spatial_layers = 1;
  state.temporal_layers = 3;
  return state;
}

std::vector<LayerState> two_layers() {
  LayerState low = layer("q", 100);
  low.bitrate = 150'000;
  low.packets = 4'000;
  low.lost = 2;
  low.nacks = 5;
  low.keyframe_requests = 1;
  low.jitter_ms = 1.5;
  LayerState high = layer("h", 101);
  high.bitrate = 500'000;
  high.packets = 9'000;
  high.keyframe_requests = 2;
  high.jitter_ms = 1.25;
  high.subscribers = 1;
  return {low, high};
}

SubscriptionState to_camera() {
  SubscriptionState state;
  state.track = TrackId("t-cam");
  state.publisher = ParticipantId("p-ann");
  state.mid = "s0";
  state.state = "flowing";
  state.preferred = true;
  state.layer = state.target = LayerChoice{"h", 1, 2};
  state.bitrate = 480'000;
  state.packets = 5'000;
  state.retransmitted = 40;
  state.nacks = 44;
  state.keyframe_requests = 1;
  state.lost = 12;
  state.loss = 0.0625;
  return state;
}

}  // namespace

RoomState lab() {
  RoomState state{RoomId("lab"), {.last_n = 4}, ParticipantId("p-ann"), {}};
  ParticipantState ann;
  ann.participant = {ParticipantId("p-ann"), "Ann \"<b>\"", true, {}};
  ann.participant.tracks.push_back({.id = TrackId("t-cam"),
                                    .kind = media::Kind::Video,
                                    .source = rooms::Source::Camera,
                                    .codec = "VP8",
                                    .muted = true,
                                    .live = true});
  ann.connection = "connected";
  ann.bandwidth.emplace().rtt_ms = 12.5;
  ann.layers[TrackId("t-cam")] = two_layers();
  ParticipantState bob;
  bob.participant = {ParticipantId("p-bob"), "Bob", false, {}};
  bob.connection = "connecting";
  bob.bandwidth = BandwidthState{700'000, 500'000, 480'000, 2'000'000, 40, 0.0625};
  bob.subscriptions.push_back(to_camera());
  state.participants = {ann, bob};
  return state;
}

}  // namespace parley::signaling::http
