// Publishing: from the request over the negotiated track to its end.
#include <algorithm>

#include "rooms/room_impl.hpp"

namespace parley::rooms {

void Room::Impl::on(const Publish& in) {
  const auto seat = asking(in.participant);
  if (!seat) return refuse(in.request, seat.error());
  std::vector<Publication>& publications = (*seat)->publications;
  if (publications.size() >= limits.tracks)
    return refuse(in.request,
                  Error{"track_limit", "publishing " + std::to_string(limits.tracks) +
                                           " tracks already; unpublish one of them first"});
  if (find_track(in.track))
    return refuse(in.request, Error{"internal", "track id is in use; publish again"});

  const Kind kind = kind_of(in.source);
  publications.push_back(
      {.track = {
           .id = in.track, .kind = kind, .source = in.source, .codec = {}, .muted = in.muted}});
  answer(in.request, reply::Published{in.track});
  effects.emplace_back(OpenTrack{in.participant, in.track, kind, in.source});
}

void Room::Impl::on(const Unpublish& in) {
  const auto own = own_track(in.participant, in.track);
  if (!own) return refuse(in.request, own.error());
  answer(in.request, reply::Done{});
  remove_track(*own->seat, in.track);
}

void Room::Impl::on(const Mute& in) {
  const auto own = own_track(in.participant, in.track);
  if (!own) return refuse(in.request, own.error());
  answer(in.request, reply::Done{});
  Track& track = own->publication->track;
  if (track.muted == in.muted) return;
  track.muted = in.muted;
  unsettled = true;
  if (track.source == Source::Microphone) floor.silence(in.participant);
  if (track.live) broadcast(event::TrackMuted{in.participant, in.track, in.muted}, own->seat);
  update_speakers(*own->seat);
}

void Room::Impl::on(const TrackAppeared& in) {
  Seat* seat = find(in.participant);
  Publication* publication = seat != nullptr && seat->media ? seat->find(in.track) : nullptr;
  if (publication == nullptr) return;
  Track& track = publication->track;
  const bool news = !track.live || track.codec != in.codec || track.layers != in.layers;
  track.codec = in.codec;
  track.layers = in.layers;
  if (news) announce(*seat, track);
  track.live = true;
  if (publication->flowing) return;
  publication->flowing = true;
  unsettled = true;
  settle();
  link_subscribers(*seat, *publication);
}

void Room::Impl::on(const TrackRefused& in) {
  Seat* seat = find(in.participant);
  if (seat == nullptr || seat->find(in.track) == nullptr) return;
  send(*seat, event::PublishFailed{in.track});
  remove_track(*seat, in.track);
}

Result<Room::Impl::Own> Room::Impl::own_track(const ParticipantId& participant,
                                              const TrackId& track) const {
  const auto seat = asking(participant);
  if (!seat) return seat.error();
  Publication* publication = (*seat)->find(track);
  if (publication == nullptr)
    return Error{"track_not_found",
                 "track names none of your own tracks; use an id that publish returned"};
  return Own{*seat, publication};
}

std::optional<Room::Impl::Own> Room::Impl::find_track(const TrackId& track) const {
  for (const auto& seat : seats)
    if (Publication* publication = seat->find(track)) return Own{seat.get(), publication};
  return std::nullopt;
}

void Room::Impl::stop_flow(Seat& seat, Publication& publication) {
  if (!publication.flowing) return;
  unlink_subscribers(publication);
  publication.flowing = false;
  publication.speaking = false;
  unsettled = true;
  if (publication.track.source == Source::Microphone) floor.silence(seat.id);
  update_speakers(seat);
}

void Room::Impl::remove_track(Seat& seat, const TrackId& track) {
  Publication& publication = *seat.find(track);
  stop_flow(seat, publication);
  if (publication.track.live) broadcast(event::TrackRemoved{seat.id, track}, &seat);
  retract(publication);
  if (seat.media) effects.emplace_back(CloseTrack{seat.id, track});
  std::erase_if(seat.publications, [&](const Publication& held) { return held.track.id == track; });
}

}  // namespace parley::rooms
