// Who speaks now, and who has the floor.
#include <algorithm>

#include "rooms/room_impl.hpp"

namespace parley::rooms {

void Room::Impl::on(const Speaking& in) {
  Seat* seat = find(in.participant);
  Publication* publication = seat == nullptr ? nullptr : seat->find(in.track);
  if (publication == nullptr || !publication->flowing) return;
  publication->speaking = in.speaking;
  // The sound of a screen is not somebody speaking: it is listed, but takes no floor.
  const Track& track = publication->track;
  const bool speech = in.speaking && track.source == Source::Microphone && !track.muted;
  if (speech && floor.hear(seat->id, {in.duty, in.level}, now)) unsettled = true;
  update_speakers(*seat);
}

void Room::Impl::update_speakers(const Seat& seat) {
  const bool speaks = std::any_of(
      seat.publications.begin(), seat.publications.end(),
      [](const Publication& held) { return held.speaking && held.flowing && !held.track.muted; });
  const auto listed = std::find(speakers.begin(), speakers.end(), seat.id);
  if (speaks && listed == speakers.end()) speakers.push_back(seat.id);
  if (!speaks && listed != speakers.end()) speakers.erase(listed);
  tell_speakers();
}

void Room::Impl::tell_speakers() {
  event::ActiveSpeaker news{speakers, floor.dominant()};
  std::stable_partition(news.participants.begin(), news.participants.end(),
                        [&](const ParticipantId& speaker) { return speaker == news.dominant; });
  if (news == told_speakers) return;
  broadcast(news);
  told_speakers = std::move(news);
}

}  // namespace parley::rooms
