// Who gets which track.
#include <utility>

#include "rooms/room_impl.hpp"

namespace parley::rooms {
void Room::Impl::on(const Subscribe& in) {
  const auto seat = asking(in.participant);
  if (!seat) return refuse(in.request, seat.error());
  // All are looked up before any is changed: a request does all it asks or nothing.
  std::vector<Own> published;
  for (const Subscription& wish : in.subscriptions) {
    const auto found = find_track(wish.track);
    if (!found || !found->publication->track.live || found->seat == *seat)
      return refuse(in.request, Error{"track_not_found",
                                      "tracks: no other participant has a track " +
                                          wish.track.str() + "; use an id that track-added named"});
    published.push_back(*found);
  }
  answer(in.request, reply::Done{});
  for (std::size_t i = 0; i < published.size(); ++i) {
    if (in.wanted)
      want(**seat, published[i], in.subscriptions[i]);
    else
      unwant(**seat, published[i]);
  }
}

void Room::Impl::on(const Undecodable& in) {
  const Seat* subscriber = find(in.participant);
  const auto published = find_track(in.track);
  if (subscriber == nullptr || !published || !subscriber->subscriptions.contains(in.track)) return;
  send(*subscriber, event::TrackUndecodable{published->seat->id, in.track,
                                            published->publication->track.codec, in.undecodable});
}

void Room::Impl::subscribe_to_all(Seat& subscriber) {
  for (const auto& seat : seats)
    for (const Publication& publication : seat->publications)
      if (publication.track.live)
        subscriber.subscriptions[publication.track.id].track = publication.track.id;
}

/// Tells the others of a track, or of its new codec. Whoever wants everything is subscribed to what
/// is new; what it unsubscribed from stays so.
void Room::Impl::announce(const Seat& publisher, const Track& track) {
  Track told = track;
  told.live = true;
  broadcast(event::TrackAdded{publisher.id, told}, &publisher);
  if (track.live) return;
  for (const auto& seat : seats)
    if (seat->subscribe_all && seat.get() != &publisher)
      seat->subscriptions[track.id].track = track.id;
}

/// The others no longer know of the track; its links have ended before.
void Room::Impl::retract(Publication& publication) {
  publication.track.live = false;
  for (const auto& seat : seats) {
    seat->subscriptions.erase(publication.track.id);
    seat->held.erase(publication.track.id);
  }
}

void Room::Impl::link_publishers(Seat& subscriber) {
  for (const auto& publisher : seats)
    for (const Publication& publication : publisher->publications) {
      const auto wish = subscriber.subscriptions.find(publication.track.id);
      if (publication.flowing && wish != subscriber.subscriptions.end())
        link(subscriber, *publisher, publication, wish->second);
    }
}

void Room::Impl::link_subscribers(const Seat& publisher, const Publication& publication) {
  for (const auto& subscriber : seats) {
    const auto wish = subscriber->subscriptions.find(publication.track.id);
    if (subscriber->media && wish != subscriber->subscriptions.end())
      link(*subscriber, publisher, publication, wish->second);
  }
}

void Room::Impl::unlink_subscribers(const Publication& publication) {
  for (const auto& subscriber : seats) unlink(*subscriber, publication.track.id);
}

void Room::Impl::link(Seat& subscriber, const Seat& publisher, const Publication& publication,
                      const Subscription& wish) {
  const Track& track = publication.track;
  const Delivery how = delivery(subscriber, publisher, track, wish);
  subscriber.links[track.id] = how;
  effects.emplace_back(LinkTrack{publisher.id, subscriber.id, track, how});
}

void Room::Impl::unlink(Seat& subscriber, const TrackId& track) {
  if (subscriber.links.erase(track) > 0) effects.emplace_back(UnlinkTrack{subscriber.id, track});
}

void Room::Impl::update_link(Seat& subscriber, const Seat& publisher,
                             const Publication& publication) {
  const TrackId& track = publication.track.id;
  const auto held = subscriber.links.find(track);
  if (held == subscriber.links.end()) return;
  Delivery how =
      delivery(subscriber, publisher, publication.track, subscriber.subscriptions.at(track));
  if (how == held->second) return;
  effects.emplace_back(UpdateLink{subscriber.id, track, how});
  held->second = std::move(how);
}

void Room::Impl::want(Seat& subscriber, const Own& published, const Subscription& wish) {
  const auto [held, added] = subscriber.subscriptions.try_emplace(wish.track);
  if (held->second.pinned != wish.pinned) unsettled = true;
  held->second = wish;
  settle();
  const Publication& publication = *published.publication;
  if (added && subscriber.media && publication.flowing)
    link(subscriber, *published.seat, publication, wish);
  else
    update_link(subscriber, *published.seat, publication);
}

void Room::Impl::unwant(Seat& subscriber, const Own& published) {
  const TrackId& track = published.publication->track.id;
  if (subscriber.subscriptions.erase(track) == 0) return;
  unsettled = true;
  unlink(subscriber, track);
}

}  // namespace parley::rooms
