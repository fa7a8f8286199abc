// A room as pure logic: one Input in, a list of Effects out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rooms/effect.hpp"
#include "rooms/input.hpp"
#include "rooms/types.hpp"

namespace parley::rooms {

/// Not thread-safe (the main thread's); knows no network, clock or GStreamer.
///
/// Who is in a room. A participant has a *seat* (id, name, place in the order of joining, resume
/// token, tracks, subscriptions) from Join until it leaves, is removed, or is given up on. Losing
/// its signaling starts a clock:
///  - while its media lives it stays *present*: seen by the others, publishing, host if it was;
///  - without media it is shown as having left when `Limits::gone_after` has passed, and its seat
///    is kept on;
///  - when `Limits::seat_kept` has passed, the seat is ended whether or not media lives.
/// Until then Resume takes the seat back, and makes the participant present again. Resume also
/// takes over a seat whose signaling still seems to live (a half-open socket): the session before
/// is told Removed{"resumed_elsewhere"}. Losing media while signaling lives ends the session with
/// TransportClosed and counts as losing both.
///
/// Kept seats hold the room open and count towards `Limits::participants`. A room without seats
/// ends.
///
/// The host is, at any time, the one among those present who joined first. So it passes on to the
/// longest present when the host goes, and a host that comes back to its kept seat is host again.
///
/// Tracks. A published track becomes *live* (TrackAdded) when its m-line is negotiated, and is
/// linked to every subscriber. On a resume with new media it stays known to the others, who are
/// told nothing; its links end with the old transport and come back when it has appeared on the new
/// one (or TrackRemoved says that it was refused). Once a participant was shown as having left, its
/// tracks are gone with it for the others and are added anew when they appear.
///
/// Speaking. Everyone who speaks is listed; one of them, or of those who did, has the floor
/// (Floor).
///
/// Last-N (Settings::last_n). Of the cameras of the others a subscriber is sent those of N: of
/// those present that have a camera on, the ones who had the floor last, then the ones who joined
/// first. The rest is *held*: known, subscribed to, and linked, but not sent. The subscriber itself
/// and cameras that are muted or do not flow take no place among the N; screens are never held, nor
/// what a subscriber has pinned.
///
/// Order within one list of effects. The Answer comes before everything that follows from it, so a
/// joiner's events come after its Answer; OpenTransport follows Answer, and OpenTrack and LinkTrack
/// follow OpenTransport. UnlinkTrack comes before the TrackRemoved, ParticipantLeft, CloseTrack or
/// CloseTransport that goes with it. ForgetParticipant is the last word about a participant.
class Room {
 public:
  Room(RoomId id, Limits limits, Settings settings = {});
  ~Room();
  Room(Room&&) noexcept;
  Room& operator=(Room&&) noexcept;

  /// A room made by an operator's POST waits for its first participant instead of ending at the
  /// first Tick; it is given up after an hour without one.
  void keep_for_first_join();

  /// What is to be done now, in this order. Never fails: a request that cannot be met is answered
  /// with an Error and changes nothing; a fact about somebody unknown is late and ignored.
  /// `now` never goes back. Every request other than 0 gets exactly one Answer.
  [[nodiscard]] std::vector<Effect> apply(const Input& input, Time now);

  [[nodiscard]] const RoomId& id() const;
  /// Present participants in the order they joined, each with all its tracks.
  [[nodiscard]] std::vector<Participant> participants() const;
  /// Which tracks `participant` is subscribed to. Empty for a stranger.
  [[nodiscard]] std::vector<Subscription> subscriptions(const ParticipantId& participant) const;
  [[nodiscard]] const Settings& settings() const;
  /// Who has the floor; empty: nobody.
  [[nodiscard]] const ParticipantId& dominant() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::rooms
