// Who speaks now.
#include <algorithm>

#include "rooms/room_impl.hpp"

namespace parley::rooms {

void Room::Impl::on(const Speaking& in) {
  Seat* seat = find(in.participant);
  Publication* publication = seat == nullptr ? nullptr : seat->find(in.track);
  if (publication == nullptr || !publication->flowing) return;
  publication->speaking = in.speaking;
  update_speakers(*seat);
}

void Room::Impl::update_speakers(const Seat& seat) {
  const bool speaks = std::any_of(
      seat.publications.begin(), seat.publications.end(),
      [](const Publication& held) { return held.speaking && held.flowing && !held.track.muted; });
  const auto listed = std::find(speakers.begin(), speakers.end(), seat.id);
  if (speaks == (listed != speakers.end())) return;
  if (speaks)
    speakers.push_back(seat.id);
  else
    speakers.erase(listed);
  broadcast(event::ActiveSpeaker{speakers});
}

}  // namespace parley::rooms
