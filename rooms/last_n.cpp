// Whose cameras go to whom when a room sends only those of its last N speakers, and what goes
// first.
#include <algorithm>
#include <set>
#include <utility>

#include "rooms/room_impl.hpp"

namespace parley::rooms {
namespace {

bool is_camera(const Publication& publication) {
  return publication.track.source == Source::Camera;
}

/// Has something that takes one of the N places.
bool shows(const Seat& seat) {
  return std::any_of(
      seat.publications.begin(), seat.publications.end(),
      [](const Publication& held) { return is_camera(held) && held.flowing && !held.track.muted; });
}

}  // namespace

void Room::Impl::on(const Configure& in) {
  if (in.change.last_n) settings.last_n = *in.change.last_n;
  unsettled = true;
}

/// A camera is held from a viewer when N others show and come before its publisher, the viewer not
/// counted. Its own publisher's muting does not enter: so a camera that comes back on is where it
/// was.
void Room::Impl::settle() {
  if (!std::exchange(unsettled, false)) return;
  std::set<const Seat*> before;  // who shows and comes before the publisher at hand
  for (const Seat* publisher : by_recency()) {
    for (const Publication& publication : publisher->publications) {
      if (!is_camera(publication) || !publication.track.live) continue;
      for (const auto& viewer : seats) {
        if (viewer.get() == publisher) continue;
        const std::size_t others = before.size() - before.count(viewer.get());
        hold(*viewer, *publisher, publication, settings.last_n > 0 && others >= settings.last_n);
      }
    }
    if (shows(*publisher)) before.insert(publisher);
  }
}

/// Who had the floor last comes first; who never had it follows in the order of joining.
std::vector<const Seat*> Room::Impl::by_recency() const {
  std::vector<const Seat*> result;
  for (const ParticipantId& speaker : floor.recent())
    if (const Seat* seat = find(speaker)) result.push_back(seat);
  const std::size_t spoken = result.size();
  for (const auto& seat : seats) {
    const auto end = result.begin() + static_cast<std::ptrdiff_t>(spoken);
    if (std::find(result.begin(), end, seat.get()) == end) result.push_back(seat.get());
  }
  return result;
}

void Room::Impl::hold(Seat& viewer, const Seat& publisher, const Publication& publication,
                      bool beyond) {
  const TrackId& track = publication.track.id;
  const auto wish = viewer.subscriptions.find(track);
  const bool pinned = wish != viewer.subscriptions.end() && wish->second.pinned;
  const bool held = beyond && !pinned;
  const bool changed = held ? viewer.held.insert(track).second : viewer.held.erase(track) > 0;
  if (changed) send(viewer, event::TrackHeld{publisher.id, track, held});
  update_link(viewer, publisher, publication);
}

Delivery Room::Impl::delivery(const Seat& subscriber, const Seat& publisher, const Track& track,
                              const Subscription& wish) const {
  return {.paused = wish.paused,
          .held = subscriber.held.contains(track.id),
          .layer = wish.layer,
          .preferred = track.source == Source::Screen || wish.pinned ||
                       (track.source == Source::Camera && goes_first(publisher, subscriber))};
}

/// Whom everybody should see: who has the floor. Who has it itself should see the one before.
bool Room::Impl::goes_first(const Seat& publisher, const Seat& subscriber) const {
  for (const ParticipantId& speaker : floor.recent())
    if (speaker != subscriber.id) return speaker == publisher.id;
  return false;
}

}  // namespace parley::rooms
