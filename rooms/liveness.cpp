// Lost connections, kept seats, and taking a seat back.
#include "rooms/room_impl.hpp"
#include "support/secret.hpp"

namespace parley::rooms {

void Room::Impl::on(const Resume& in) {
  Seat* seat = find(in.participant);
  if (seat == nullptr || seat->resume_token.empty() ||
      !constant_time_equal(seat->resume_token, in.resume_token))
    return refuse(in.request,
                  Error{"resume_failed",
                        "resume names no seat kept for it in this room; join without resume"});
  if (in.media_alive && !seat->media)
    return refuse(in.request, Error{"resume_failed",
                                    "resume.media is \"keep\" but the transport has ended; resume "
                                    "with \"new\""});

  // Ahead of the Answer, which moves the seat to the session that asked.
  send(*seat, event::Removed{"resumed_elsewhere"});
  const bool was_present = seat->present;
  seat->signaling = true;
  seat->present = true;
  welcome(*seat, in.request, true);
  if (!was_present) appear(*seat);
  if (in.media_alive) return;
  close_media(*seat);
  open_media(*seat);
}

void Room::Impl::on(const SignalingLost& in) {
  if (Seat* seat = find(in.participant)) lose_signaling(*seat);
}

void Room::Impl::on(const TransportLost& in) {
  Seat* seat = find(in.participant);
  if (seat == nullptr || !seat->media) return;
  send(*seat, event::TransportClosed{in.reason});
  lose_signaling(*seat);
  close_media(*seat);
  expire();
}

void Room::Impl::on(const Tick&) {}

void Room::Impl::expire() {
  for (std::size_t i = 0; i < seats.size();) {
    Seat& seat = *seats[i];
    const Duration kept = seat.resume_token.empty() ? Duration(0) : limits.seat_kept;
    const bool over = !seat.signaling && now - seat.lost_at >= kept;
    const bool gone = !seat.signaling && !seat.media && now - seat.lost_at >= limits.gone_after;
    if (over) {
      drop(seat, "connection_lost");
      continue;
    }
    if (gone) disappear(seat, "connection_lost");
    ++i;
  }
}

void Room::Impl::open_media(Seat& seat) {
  seat.media = true;
  effects.emplace_back(OpenTransport{seat.id});
  for (const Publication& publication : seat.publications) {
    const Track& track = publication.track;
    effects.emplace_back(OpenTrack{seat.id, track.id, track.kind, track.source});
  }
  link_publishers(seat);
}

void Room::Impl::close_media(Seat& seat) {
  if (!seat.media) return;
  for (Publication& publication : seat.publications) stop_flow(seat, publication);
  seat.media = false;
  seat.links.clear();
  effects.emplace_back(CloseTransport{seat.id});
}

void Room::Impl::lose_signaling(Seat& seat) {
  if (!seat.signaling) return;
  seat.signaling = false;
  seat.lost_at = now;
}

}  // namespace parley::rooms
