// What branches and their REST API ask of the conference.
#include <algorithm>

#include "server/conference.hpp"

namespace parley::server {
namespace {

bool is_named(const rooms::Participant& participant, const std::string& wanted) {
  return participant.id.str() == wanted || participant.name == wanted;
}

bool fits(const rooms::Track& track, const plugins::TrackWish& wish) {
  return track.live && track.kind == wish.kind &&
         (wish.source.empty() || rooms::to_string(track.source) == wish.source);
}

/// Cameras go before screens.
const rooms::Track* first_track(const rooms::Participant& participant,
                                const plugins::TrackWish& wish) {
  const rooms::Track* best = nullptr;
  for (const rooms::Track& track : participant.tracks)
    if (fits(track, wish) && (best == nullptr || track.source < best->source)) best = &track;
  return best;
}

}  // namespace

std::optional<FoundTrack> Conference::find_track(const RoomId& room,
                                                 const plugins::TrackWish& wish) const {
  const auto it = rooms_.find(room);
  if (it == rooms_.end()) return std::nullopt;
  const std::vector<rooms::Participant> participants = it->second.room.participants();
  const ParticipantId& dominant = it->second.room.dominant();
  const rooms::Participant* chosen = nullptr;
  for (const rooms::Participant& participant : participants) {
    if (!wish.participant.empty() ? !is_named(participant, wish.participant)
                                  : first_track(participant, wish) == nullptr)
      continue;
    // While nobody has the floor, whoever came first.
    if (chosen == nullptr || (wish.participant.empty() && participant.id == dominant))
      chosen = &participant;
  }
  const rooms::Track* track = chosen != nullptr ? first_track(*chosen, wish) : nullptr;
  const MemberRecord* member = track != nullptr ? find_member(chosen->id) : nullptr;
  if (member == nullptr || !member->media.receiving().is_open()) return std::nullopt;
  return FoundTrack{chosen->id,
                    track->id,
                    {member->media.receiving().connection(), member->media.key_of(track->id)}};
}

bool Conference::has_participant(const RoomId& room, const std::string& participant) const {
  const auto it = rooms_.find(room);
  if (it == rooms_.end()) return false;
  const auto participants = it->second.room.participants();
  return std::any_of(participants.begin(), participants.end(),
                     [&](const auto& one) { return is_named(one, participant); });
}

void Conference::create_branch(const RoomId& room, signaling::BranchRequest request,
                               std::function<void(const Result<signaling::BranchInfo>&)> reply) {
  const auto it = rooms_.find(room);
  if (it == rooms_.end() || closing_) return reply(no_such_room(room));
  branches_.create(room, it->second.shard, std::move(request), std::move(reply));
}

Result<std::vector<signaling::BranchInfo>> Conference::branches(const RoomId& room) const {
  if (!rooms_.contains(room)) return no_such_room(room);
  return branches_.list(room);
}

Result<signaling::BranchInfo> Conference::branch(const RoomId& room, const std::string& id) const {
  if (!rooms_.contains(room)) return no_such_room(room);
  auto found = branches_.find(room, id);
  if (!found) return Error{"branch_not_found", "There is no branch '" + id + "' in this room."};
  return std::move(*found);
}

void Conference::end_branch(const RoomId& room, const std::string& id,
                            std::function<void(const Status&)> reply) {
  if (!rooms_.contains(room)) return reply(no_such_room(room));
  branches_.end(room, id, std::move(reply));
}

}  // namespace parley::server
