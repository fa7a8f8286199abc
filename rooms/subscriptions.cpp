// Who gets which track.
#include "rooms/room_impl.hpp"

namespace parley::rooms {
namespace {

LinkTrack link(const Seat& publisher, const Seat& subscriber, const Publication& publication,
               const Subscription& subscription) {
  return {publisher.id, subscriber.id, publication.track, subscription};
}

}  // namespace

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
  for (const auto& seat : seats) seat->subscriptions.erase(publication.track.id);
}

void Room::Impl::link_publishers(const Seat& subscriber) {
  for (const auto& publisher : seats)
    for (const Publication& publication : publisher->publications) {
      const auto wish = subscriber.subscriptions.find(publication.track.id);
      if (publication.flowing && wish != subscriber.subscriptions.end())
        effects.emplace_back(link(*publisher, subscriber, publication, wish->second));
    }
}

void Room::Impl::link_subscribers(const Seat& publisher, const Publication& publication) {
  for (const auto& subscriber : seats) {
    const auto wish = subscriber->subscriptions.find(publication.track.id);
    if (subscriber->media && wish != subscriber->subscriptions.end())
      effects.emplace_back(link(publisher, *subscriber, publication, wish->second));
  }
}

void Room::Impl::unlink_subscribers(const Publication& publication) {
  const TrackId& track = publication.track.id;
  for (const auto& subscriber : seats)
    if (subscriber->media && subscriber->subscriptions.contains(track))
      effects.emplace_back(UnlinkTrack{subscriber->id, track});
}

void Room::Impl::want(Seat& subscriber, const Own& published, const Subscription& wish) {
  const auto [held, added] = subscriber.subscriptions.try_emplace(wish.track, wish);
  const bool changed = !added && held->second != wish;
  held->second = wish;
  if (!subscriber.media || !published.publication->flowing) return;
  if (added)
    effects.emplace_back(link(*published.seat, subscriber, *published.publication, wish));
  else if (changed)
    effects.emplace_back(UpdateLink{subscriber.id, wish});
}

void Room::Impl::unwant(Seat& subscriber, const Own& published) {
  const TrackId& track = published.publication->track.id;
  if (subscriber.subscriptions.erase(track) == 0) return;
  if (subscriber.media && published.publication->flowing)
    effects.emplace_back(UnlinkTrack{subscriber.id, track});
}

}  // namespace parley::rooms
