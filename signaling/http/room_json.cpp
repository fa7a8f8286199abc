#include "signaling/http/room_json.hpp"

#include <array>

#include "signaling/http/branch_api.hpp"
#include "signaling/json/writer.hpp"
#include "signaling/native/parts.hpp"

namespace parley::signaling::http {
namespace {

void write_count(json::Writer& out, const char* name, std::uint64_t count) {
  out.field(name, static_cast<std::int64_t>(count));
}

void write_choice(json::Writer& out, const char* name, const std::optional<LayerChoice>& choice) {
  if (!choice) return;
  out.object(name, [&] {
    if (!choice->rid.empty()) out.field("rid", choice->rid);
    write_count(out, "spatial", choice->spatial);
    write_count(out, "temporal", choice->temporal);
  });
}

void write_subscription(json::Writer& out, const SubscriptionState& subscription) {
  out.field("track", subscription.track.str());
  out.field("publisher", subscription.publisher.str());
  out.field("mid", subscription.mid);
  out.field("state", subscription.state);
  out.field("preferred", subscription.preferred);
  write_choice(out, "layer", subscription.layer);
  write_choice(out, "targetLayer", subscription.target);
  write_count(out, "bitrate", subscription.bitrate);
  write_count(out, "packets", subscription.packets);
  out.field("lost", subscription.lost);
  out.number("loss", subscription.loss);
  write_count(out, "retransmitted", subscription.retransmitted);
  write_count(out, "nacks", subscription.nacks);
  write_count(out, "keyframeRequests", subscription.keyframe_requests);
}

void write_layer(json::Writer& out, const LayerState& layer) {
  if (!layer.rid.empty()) out.field("rid", layer.rid);
  write_count(out, "ssrc", layer.ssrc);
  out.field("active", layer.active);
  write_count(out, "bitrate", layer.bitrate);
  write_count(out, "packets", layer.packets);
  out.field("lost", layer.lost);
  write_count(out, "nacks", layer.nacks);
  write_count(out, "keyframeRequests", layer.keyframe_requests);
  out.number("jitterMs", layer.jitter_ms);
  if (layer.spatial_layers > 0) write_count(out, "spatialLayers", layer.spatial_layers);
  if (layer.temporal_layers > 0) write_count(out, "temporalLayers", layer.temporal_layers);
  write_count(out, "subscribers", layer.subscribers);
}

void write_track(json::Writer& out, const rooms::Track& track, const ParticipantState& of) {
  native::write_track(out, track);
  const auto layers = of.layers.find(track.id);
  if (layers == of.layers.end()) return;
  out.list("layers", layers->second, [&](const LayerState& layer) { write_layer(out, layer); });
}

void write_bandwidth(json::Writer& out, const BandwidthState& bandwidth) {
  const auto rate = [&](const char* name, const std::optional<std::uint64_t>& value) {
    if (value) write_count(out, name, *value);
  };
  rate("estimate", bandwidth.estimate);
  rate("target", bandwidth.target);
  rate("acked", bandwidth.acked);
  rate("available", bandwidth.available);
  if (bandwidth.rtt_ms) out.number("rttMs", *bandwidth.rtt_ms);
  out.number("loss", bandwidth.loss);
}

void write_participant(json::Writer& out, const ParticipantState& state) {
  const rooms::Participant& participant = state.participant;
  out.field("id", participant.id.str());
  out.field("name", participant.name);
  out.field("host", participant.host);
  out.list("tracks", participant.tracks,
           [&](const rooms::Track& track) { write_track(out, track, state); });
  out.field("connection", state.connection);
  if (state.bandwidth) out.object("bandwidth", [&] { write_bandwidth(out, *state.bandwidth); });
  out.list("subscriptions", state.subscriptions,
           [&](const SubscriptionState& subscription) { write_subscription(out, subscription); });
}

}  // namespace

std::string to_json(const RoomState& room) {
  static constexpr std::array<int, 0> kNone{};
  json::Writer out;
  out.field("id", room.id.str());
  out.field("lastN", static_cast<std::int64_t>(room.settings.last_n));
  if (!room.dominant.empty()) out.field("dominantSpeaker", room.dominant.str());
  out.list("participants", room.participants,
           [&](const ParticipantState& participant) { write_participant(out, participant); });
  out.list("branches", room.branches, [&](const BranchInfo& branch) { write_branch(out, branch); });
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
