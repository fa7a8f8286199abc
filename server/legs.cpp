// How the conference opens and closes members' transports.
#include <set>
#include <utility>

#include "server/conference.hpp"

namespace parley::server {

Status Conference::open_leg(MemberRecord& member, Leg& leg) {
  if (member.connection != "connected") member.connection = "connecting";
  const Status opened = member.media.open_leg(leg);
  connections_[leg.connection()] = member.media.id();
  watch_.add(leg.connection(), member.media.shard());
  return opened;
}

void Conference::close_leg(MemberRecord& member, Leg& leg) {
  if (!leg.is_open()) return;
  connections_.erase(leg.connection());
  watch_.remove(leg.connection());
  if (const auto asked = member.opening.extract(leg.connection()); !asked.empty())
    if (const auto client = client_of(member))
      client->answer(asked.mapped(),
                     Error{"transport_closed", "The transport ended before it was ready."});
  member.media.close_leg(leg);
}

void Conference::close_legs(MemberRecord& member) {
  for (Leg& leg : member.media.legs()) close_leg(member, leg);
}

void Conference::end_leg(MemberRecord& member, Leg& leg) {
  const ParticipantId id = member.media.id();
  if (&leg == &member.media.receiving())
    for (const auto& [mid, track] : member.media.publications())
      submit(member.room, rooms::Unpublish{0, id, track});
  if (&leg == &member.media.sending()) {
    for (const TrackId& track : member.media.consumed())
      submit(member.room, rooms::Subscribe{0, id, {{.track = track, .layer = {}}}, false});
    end_stale_consumers(member);
  }
  close_leg(member, leg);
  bool any = false;
  for (const Leg& one : member.media.legs()) any |= one.is_open();
  if (!any) member.connection = "lost";
}

void Conference::end_stale_consumers(MemberRecord& member) {
  const std::vector<TrackId> consumed = member.media.consumed();
  const auto room = rooms_.find(member.room);
  if (consumed.empty() || room == rooms_.end()) return;
  std::set<TrackId> wanted;
  for (const rooms::Subscription& wish : room->second.room.subscriptions(member.media.id()))
    wanted.insert(wish.track);
  for (const TrackId& track : consumed)
    if (!wanted.contains(track)) member.media.end_consumer(track);
}

}  // namespace parley::server
