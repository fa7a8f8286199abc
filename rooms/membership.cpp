// Joining, leaving, being removed, and who is host.
#include <algorithm>
#include <utility>

#include "rooms/room_impl.hpp"
#include "rooms/text.hpp"

namespace parley::rooms {
namespace {

std::vector<Track> live_only(std::vector<Track> tracks) {
  std::erase_if(tracks, [](const Track& track) { return !track.live; });
  return tracks;
}

}  // namespace

void Room::Impl::on(const Join& in) {
  if (find(in.participant) != nullptr)
    return refuse(in.request, Error{"already_joined", "already in this room; leave it first"});
  if (const Status name = check_name(in.name, limits.name_length); !name)
    return refuse(in.request, name.error());
  // Kept seats count: whoever comes back within the time promised finds its place.
  if (seats.size() >= limits.participants)
    return refuse(in.request,
                  Error{"room_full", "room is full with " + std::to_string(limits.participants) +
                                         " participants; join when one of them has left"});

  Seat& seat = *seats.emplace_back(std::make_unique<Seat>());
  seat.id = in.participant;
  seat.name = in.name;
  seat.joined_at = in.at;
  seat.resume_token = in.resume_token;
  seat.subscribe_all = in.subscribe_all;
  if (seat.subscribe_all) subscribe_to_all(seat);
  unsettled = true;
  seat.signaling = false;  // the reply tells it what is held from it
  settle();
  seat.signaling = true;

  welcome(seat, in.request, false);
  appear(seat);
  open_media(seat);
}

void Room::Impl::on(const Leave& in) {
  const auto seat = asking(in.participant);
  if (!seat) return refuse(in.request, seat.error());
  answer(in.request, reply::Done{});
  drop(**seat, "left");
}

void Room::Impl::on(const Remove& in) {
  Seat* seat = find(in.participant);
  if (seat == nullptr)
    return refuse(in.request, Error{"participant_not_found",
                                    "no participant of this room has this id; list the room's"});
  answer(in.request, reply::Done{});
  send(*seat, event::Removed{"removed_by_operator"});
  drop(*seat, "removed");
}

void Room::Impl::on(const Close& in) {
  waiting = false;
  answer(in.request, reply::Done{});
  broadcast(event::RoomClosed{"closed_by_operator"});
  for (const auto& seat : seats) seat->signaling = false;
  while (!seats.empty()) drop(*seats.back(), "room_closed");
}

void Room::Impl::welcome(const Seat& seat, RequestId request, bool resumed) {
  reply::Joined joined{.room = id,
                       .participant = seat.id,
                       .resume_token = seat.resume_token,
                       .host = first_present() == &seat,
                       .resumed = resumed,
                       .participants = {},
                       .tracks = describe(seat).tracks,
                       .chat = {chat.begin(), chat.end()}};
  for (const auto& other : seats) {
    if (!other->present || other.get() == &seat) continue;
    Participant told = describe(*other);
    told.tracks = live_only(std::move(told.tracks));
    for (Track& track : told.tracks) track.held = seat.held.contains(track.id);
    joined.participants.push_back(std::move(told));
  }
  answer(request, std::move(joined));
  if (told_speakers != event::ActiveSpeaker{}) send(seat, told_speakers);
}

void Room::Impl::appear(const Seat& seat) {
  Participant participant = describe(seat);
  participant.tracks = live_only(std::move(participant.tracks));
  broadcast(event::ParticipantJoined{std::move(participant)}, &seat);
  settle_host(&seat);
}

void Room::Impl::disappear(Seat& seat, std::string_view reason) {
  if (!seat.present) return;
  if (floor.forget(seat.id)) unsettled = true;
  for (Publication& publication : seat.publications) publication.speaking = false;
  update_speakers(seat);
  for (Publication& publication : seat.publications) {
    stop_flow(seat, publication);
    retract(publication);
  }
  seat.present = false;
  broadcast(event::ParticipantLeft{seat.id, std::string(reason)}, &seat);
  settle_host();
}

void Room::Impl::drop(Seat& seat, std::string_view reason) {
  seat.signaling = false;
  disappear(seat, reason);
  close_media(seat);
  effects.emplace_back(ForgetParticipant{seat.id, std::string(reason)});
  std::erase_if(seats, [&](const auto& held) { return held.get() == &seat; });
}

/// A newcomer has it from its welcome.
void Room::Impl::settle_host(const Seat* newcomer) {
  const Seat* first = first_present();
  const ParticipantId before = std::exchange(host, first == nullptr ? ParticipantId{} : first->id);
  if (first != nullptr && host != before) broadcast(event::HostChanged{host}, newcomer);
}

}  // namespace parley::rooms
