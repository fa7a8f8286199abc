#include "signaling/mediasoup/roster.hpp"

#include <algorithm>
#include <utility>

namespace parley::signaling::mediasoup {

using rooms::Participant;
using rooms::Track;

Participant* Roster::find(const ParticipantId& participant) {
  const auto found = std::ranges::find(others_, participant, &Participant::id);
  return found == others_.end() ? nullptr : &*found;
}

void Roster::add(Participant participant) {
  (void)remove(participant.id);
  others_.push_back(std::move(participant));
}

Participant Roster::remove(const ParticipantId& participant) {
  const auto found = std::ranges::find(others_, participant, &Participant::id);
  if (found == others_.end()) return {};
  Participant removed = std::move(*found);
  others_.erase(found);
  return removed;
}

void Roster::set_host(const ParticipantId& participant) {
  for (Participant& other : others_) other.host = other.id == participant;
}

bool Roster::add_track(const ParticipantId& participant, const Track& track) {
  Participant* publisher = find(participant);
  if (publisher == nullptr ||
      std::ranges::find(publisher->tracks, track.id, &Track::id) != publisher->tracks.end())
    return false;
  publisher->tracks.push_back(track);
  return true;
}

bool Roster::remove_track(const ParticipantId& participant, const TrackId& track) {
  Participant* publisher = find(participant);
  return publisher != nullptr &&
         std::erase_if(publisher->tracks, [&](const Track& one) { return one.id == track; }) > 0;
}

}  // namespace parley::signaling::mediasoup
