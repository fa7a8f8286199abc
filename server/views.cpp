// What operators see of the conference: states, graphs, numbers. Changes nothing.
#include "pipelines/graph.hpp"
#include "server/conference.hpp"
#include "server/metrics.hpp"
#include "server/process_stats.hpp"

namespace parley::server {
namespace {

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

/// Where a link stands: what the room and the descriptions say goes before what was measured.
std::string_view state_of(const Link& link, const forwarding::StreamStats* stream) {
  using forwarding::SendState;
  if (link.undecodable) return "codec_unsupported";
  if (link.how.held) return "held";
  if (link.how.paused) return "paused";
  switch (stream == nullptr || !link.linked ? SendState::Waiting : stream->sent.state) {
    case SendState::Flowing:
      return "flowing";
    case SendState::Starved:
      return "no_bandwidth";
    case SendState::CodecUnsupported:
      return "codec_unsupported";
    // It was paused when it was measured, and is not any more.
    case SendState::Paused:
    case SendState::Empty:
    case SendState::Waiting:
      break;
  }
  return "waiting";
}

/// The layer with its rid, where the publisher sends several streams.
std::optional<signaling::LayerChoice> choice(const std::optional<forwarding::Layer>& layer,
                                             const forwarding::TrackStats* source) {
  if (!layer) return std::nullopt;
  const bool simulcast = source != nullptr && source->layers.size() > layer->spatial;
  return signaling::LayerChoice{simulcast ? source->layers[layer->spatial].rid : "", layer->spatial,
                                layer->temporal};
}

signaling::SubscriptionState subscription(const Link& link, const Measurement* subscriber,
                                          const Measurement* publisher) {
  signaling::SubscriptionState state;
  const auto* stream = subscriber != nullptr ? subscriber->sent(link.mid) : nullptr;
  state.track = link.track.id;
  state.publisher = link.publisher;
  state.mid = link.mid;
  state.state = state_of(link, stream);
  state.preferred = link.how.preferred;
  if (stream == nullptr) return state;
  const auto* source = publisher != nullptr ? publisher->track(link.key) : nullptr;
  const forwarding::SendStats& sent = stream->sent;
  state.layer = choice(sent.layer, source);
  state.target = choice(sent.target, source);
  state.bitrate = subscriber->sent_rate(link.mid);
  state.packets = sent.packets;
  state.retransmitted = sent.retransmitted;
  state.nacks = sent.nacks;
  state.keyframe_requests = sent.keyframe_requests;
  state.lost = sent.lost;
  state.loss = sent.fraction_lost;
  return state;
}

std::vector<signaling::LayerState> layers(const Measurement& measured,
                                          const forwarding::TrackStats& track) {
  std::vector<signaling::LayerState> result;
  for (const forwarding::LayerStats& layer : track.layers) {
    signaling::LayerState& state = result.emplace_back();
    const forwarding::ReceiveStats& received = layer.received;
    state.rid = layer.rid;
    state.ssrc = received.ssrc;
    state.active = layer.alive;
    state.bitrate = measured.received_rate(received.ssrc);
    state.packets = received.packets;
    state.lost = received.lost;
    state.nacks = received.nacks;
    state.keyframe_requests = received.keyframe_requests;
    state.jitter_ms = milliseconds(received.jitter);
    state.spatial_layers = layer.spatial_layers;
    state.temporal_layers = layer.temporal_layers;
    state.subscribers = layer.subscribers;
  }
  return result;
}

/// "h" or "S1", then the temporal layer: "h T2".
std::string layer_name(const signaling::LayerChoice& layer) {
  return (layer.rid.empty() ? "S" + std::to_string(layer.spatial) : layer.rid) + " T" +
         std::to_string(layer.temporal);
}

signaling::BandwidthState bandwidth(const forwarding::PeerStats& stats) {
  signaling::BandwidthState state;
  state.available = stats.receive_capacity;
  if (stats.rtt) state.rtt_ms = milliseconds(*stats.rtt);
  if (!stats.bandwidth) return state;
  state.estimate = stats.bandwidth->estimate;
  state.target = stats.bandwidth->target;
  state.acked = stats.bandwidth->acked;
  state.loss = stats.bandwidth->loss;
  if (stats.bandwidth->rtt) state.rtt_ms = milliseconds(*stats.bandwidth->rtt);
  return state;
}

pipelines::GraphLink graph_link(const ParticipantId& subscriber, const Link& link,
                                const signaling::SubscriptionState& state) {
  std::string label(rooms::to_string(link.track.source));
  if (!link.track.codec.empty()) label += " · " + link.track.codec;
  if (state.layer) label += " · " + layer_name(*state.layer);
  label += " · " + state.state;
  return {link.publisher, link.track.id, subscriber, std::move(label), state.state == "flowing"};
}

}  // namespace

signaling::RoomState Conference::state_of(const RoomRecord& record) const {
  signaling::RoomState state{record.room.id(),
                             record.room.settings(),
                             record.room.dominant(),
                             {},
                             branches_.list(record.room.id())};
  for (rooms::Participant& participant : record.room.participants()) {
    const MemberRecord* member = find_member(participant.id);
    signaling::ParticipantState entry{std::move(participant), "lost", {}, {}, {}};
    if (member != nullptr) describe(*member, entry);
    state.participants.push_back(std::move(entry));
  }
  return state;
}

void Conference::describe(const MemberRecord& member, signaling::ParticipantState& entry) const {
  entry.connection = member.connection;
  const Measurement* sent = watch_.find(member.media.sending().connection());
  for (const auto& [track, link] : member.media.links())
    entry.subscriptions.push_back(subscription(link, sent, watch_.find(link.publisher_connection)));
  if (sent != nullptr) entry.bandwidth = bandwidth(sent->stats());
  const Measurement* received = watch_.find(member.media.receiving().connection());
  if (received == nullptr) return;
  for (const rooms::Track& track : entry.participant.tracks)
    if (const auto* stats = received->track(member.media.key_of(track.id)))
      entry.layers[track.id] = layers(*received, *stats);
}

std::vector<signaling::RoomState> Conference::rooms() const {
  std::vector<signaling::RoomState> states;
  for (const auto& [id, record] : rooms_) states.push_back(state_of(record));
  return states;
}

Result<signaling::RoomState> Conference::room(const RoomId& room) const {
  const auto it = rooms_.find(room);
  if (it == rooms_.end()) return no_such_room(room);
  return state_of(it->second);
}

Result<std::string> Conference::graph(const RoomId& room) const {
  const auto it = rooms_.find(room);
  if (it == rooms_.end()) return no_such_room(room);
  std::vector<pipelines::GraphParticipant> participants;
  std::vector<pipelines::GraphLink> links;
  for (const rooms::Participant& participant : it->second.room.participants()) {
    const MemberRecord* member = find_member(participant.id);
    participants.push_back({participant.id, participant.name});
    pipelines::GraphParticipant& drawn = participants.back();
    if (member == nullptr) continue;
    const Leg& receiving = member->media.receiving();
    const Leg& sending = member->media.sending();
    if (receiving.is_open()) drawn.pipeline = receiving.pipeline()->pipeline();
    if (sending.is_open() && &sending != &receiving) drawn.sending = sending.pipeline()->pipeline();
    const Measurement* measured = watch_.find(sending.connection());
    for (const auto& [track, link] : member->media.links())
      links.push_back(
          graph_link(participant.id, link,
                     subscription(link, measured, watch_.find(link.publisher_connection))));
  }
  std::vector<Ref<GstElement>> keep;
  branches_.draw(room, participants, links, keep);
  return pipelines::graph_dot({room.str(), false}, participants, links);
}

std::string Conference::not_ready() const {
  return closing_ ? "The server is stopping." : "";
}

std::string Conference::metrics() const {
  MetricValues values;
  values.rooms = rooms_.size();
  values.participants = members_.size();
  values.clients = clients_.size();
  values.transport = media_.transport.counters();
  values.media = watch_.totals();
  values.events = events_;
  values.process = read_process_stats();
  for (const auto& [id, member] : members_) {
    values.tracks += member->media.publications().size();
    const Measurement* measured = watch_.find(member->media.sending().connection());
    if (measured != nullptr && measured->stats().bandwidth)
      values.estimates.push_back(measured->stats().bandwidth->estimate);
    for (const auto& [track, link] : member->media.links())
      values.add(subscription(link, measured, watch_.find(link.publisher_connection)));
  }
  return write_metrics(values);
}

}  // namespace parley::server
