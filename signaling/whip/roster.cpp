#include "signaling/whip/roster.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace parley::signaling::whip {
namespace {

using rooms::Participant;
using rooms::Source;
using rooms::Track;
namespace event = rooms::event;

std::optional<Track> first_of(const Participant& participant, std::array<Source, 2> sources) {
  for (const Source source : sources)
    for (const Track& track : participant.tracks)
      if (track.source == source && track.live) return track;
  return std::nullopt;
}

Programme programme_of(const Participant& participant) {
  return {participant.id, first_of(participant, {Source::Microphone, Source::ScreenAudio}),
          first_of(participant, {Source::Camera, Source::Screen})};
}

bool plays(const Programme& programme) {
  return programme.audio || programme.video;
}

}  // namespace

void Roster::set(std::vector<Participant> participants, ParticipantId dominant) {
  participants_ = std::move(participants);
  dominant_ = std::move(dominant);
}

const Participant* Roster::find(const ParticipantId& id) const {
  const auto it = std::ranges::find(participants_, id, &Participant::id);
  return it == participants_.end() ? nullptr : &*it;
}

Participant* Roster::find(const ParticipantId& id) {
  return const_cast<Participant*>(std::as_const(*this).find(id));
}

void Roster::apply(const rooms::Event& event) {
  if (const auto* joined = std::get_if<event::ParticipantJoined>(&event)) {
    participants_.push_back(joined->participant);
  } else if (const auto* left = std::get_if<event::ParticipantLeft>(&event)) {
    std::erase_if(participants_,
                  [&](const Participant& one) { return one.id == left->participant; });
  } else if (const auto* added = std::get_if<event::TrackAdded>(&event)) {
    Participant* participant = find(added->participant);
    if (participant == nullptr) return;
    std::erase_if(participant->tracks, [&](const Track& one) { return one.id == added->track.id; });
    participant->tracks.push_back(added->track);
  } else if (const auto* removed = std::get_if<event::TrackRemoved>(&event)) {
    if (Participant* participant = find(removed->participant))
      std::erase_if(participant->tracks,
                    [&](const Track& one) { return one.id == removed->track; });
  } else if (const auto* speaker = std::get_if<event::ActiveSpeaker>(&event)) {
    dominant_ = speaker->dominant;
  }
}

std::optional<Programme> Roster::choose() {
  std::optional<Programme> best;
  int best_rank = 0;
  for (const Participant& participant : participants_) {
    const Programme programme = programme_of(participant);
    if (!plays(programme)) continue;
    int rank = programme.video ? 2 : 1;
    if (!wanted_.empty()) {
      if (participant.id.str() != wanted_ && participant.name != wanted_) continue;
      if (participant.id.str() == wanted_) rank = 5;
    } else if (participant.id == dominant_) {
      rank = 4;
    } else if (participant.id == shown_) {
      rank = 3;
    }
    if (rank <= best_rank) continue;
    best = programme;
    best_rank = rank;
  }
  if (best) shown_ = best->publisher;
  return best;
}

}  // namespace parley::signaling::whip
