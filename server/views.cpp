// What operators see of the conference: states, graphs, numbers. Changes nothing.
#include "pipelines/graph.hpp"
#include "server/conference.hpp"
#include "server/metrics.hpp"

namespace parley::server {
namespace {

Error no_such_room(const RoomId& room) {
  return {"room_not_found", "There is no room '" + room.str() + "' just now."};
}

pipelines::GraphLink graph_link(const ParticipantId& subscriber, const Link& link) {
  const std::string_view state = link_state(link);
  std::string label(rooms::to_string(link.track.source));
  if (!link.track.codec.empty()) label += " · " + link.track.codec;
  label += " · " + std::string(state);
  return {link.publisher, link.track.id, subscriber, std::move(label), state == "flowing"};
}

}  // namespace

signaling::RoomState Conference::state_of(const RoomRecord& record) const {
  signaling::RoomState state{
      record.room.id(), record.room.settings(), record.room.dominant(), {}};
  for (rooms::Participant& participant : record.room.participants()) {
    signaling::ParticipantState entry{std::move(participant), "lost", {}};
    if (const MemberRecord* member = find_member(entry.participant.id)) {
      entry.connection = member->connection;
      for (const auto& [track, link] : member->media.links())
        entry.subscriptions.push_back(
            {track, link.publisher, link.mid, std::string(link_state(link))});
    }
    state.participants.push_back(std::move(entry));
  }
  return state;
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
    const bool open = member != nullptr && member->media.has_transport();
    participants.push_back(
        {participant.id, participant.name, open ? member->media.pipeline()->pipeline() : nullptr});
    if (!open) continue;
    for (const auto& [track, link] : member->media.links())
      links.push_back(graph_link(participant.id, link));
  }
  return pipelines::graph_dot({room.str(), false}, participants, links);
}

std::string Conference::not_ready() const {
  return closing_ ? "The server is stopping." : "";
}

std::string Conference::metrics() const {
  return write_metrics(
      {rooms_.size(), members_.size(), clients_.size(), media_.transport.counters()});
}

}  // namespace parley::server
