// Requests of clients that produce and consume by RTP parameters.
#include <algorithm>
#include <utility>

#include "server/requests.hpp"

namespace parley::server {
namespace {

using signaling::TransportUse;

constexpr std::size_t kTrackIdLength = 12;  // 71 bits: unique

Error no_transport() {
  return {"transport_not_found", "There is no transport for that; ask for one first."};
}

Leg& leg_for(Member& member, TransportUse use) {
  return use == TransportUse::Produce ? member.receiving() : member.sending();
}

/// The participant's publication of that source; empty without one.
TrackId published(const std::vector<rooms::Participant>& participants, const ParticipantId& id,
                  rooms::Source source) {
  for (const rooms::Participant& participant : participants)
    for (const rooms::Track& track : participant.tracks)
      if (participant.id == id && track.source == source) return track.id;
  return {};
}

}  // namespace

Conference::MemberRecord* Conference::Requests::joined_with_ortc() const {
  MemberRecord* member = joined();
  if (member == nullptr || member->media.opens_legs_itself()) return member;
  fail({"bad_request", "This client joined to negotiate by session descriptions."});
  return nullptr;
}

void Conference::Requests::operator()(const signaling::OpenTransportRequest& open) const {
  MemberRecord* member = joined_with_ortc();
  if (member == nullptr) return;
  Leg& leg = leg_for(member->media, open.use);
  if (leg.is_open()) conference.end_leg(*member, leg);
  if (const Status opened = conference.open_leg(*member, leg); !opened) {
    conference.close_leg(*member, leg);
    return fail(opened.error());
  }
  member->opening[leg.connection()] = request;
}

void Conference::Requests::operator()(const signaling::ConnectTransportRequest& connect) const {
  MemberRecord* member = joined_with_ortc();
  if (member == nullptr) return;
  Leg& leg = leg_for(member->media, connect.use);
  if (!leg.has_local()) return fail(no_transport());
  leg.set_remote_once({.ufrag = {},
                       .password = {},
                       .fingerprints = connect.fingerprints,
                       .dtls_server = connect.dtls_server});
  if (const auto peer = conference.find_client(client))
    peer->answer(request, rooms::Reply{rooms::reply::Done{}});
}

void Conference::Requests::operator()(const signaling::ProduceRequest& produce) const {
  MemberRecord* member = joined_with_ortc();
  if (member == nullptr) return;
  if (!member->media.receiving().is_open()) return fail(no_transport());
  const auto room = conference.rooms_.find(member->room);
  if (room == conference.rooms_.end()) return;
  const ParticipantId id = member->media.id();
  const TrackId track(random_token(kTrackIdLength));
  const TrackId before = published(room->second.room.participants(), id, produce.source);
  if (const Status described =
          member->media.produce(track, rooms::kind_of(produce.source), produce.parameters, before);
      !described)
    return fail(described.error());
  if (!before.empty()) conference.submit(member->room, rooms::Unpublish{0, id, before});
  conference.submit(member->room, rooms::Publish{request, id, track, produce.source}, client);
  const auto publications = member->media.publications();
  if (std::ranges::find(publications, track, &signaling::PublicationMapping::track) ==
      publications.end())
    return member->media.close_track(track);  // refused
  sdp::Applied applied;
  applied.accepted.push_back(track);
  conference.announce(*member, applied);
}

void Conference::Requests::operator()(const signaling::ConsumeRequest& consume) const {
  MemberRecord* member = joined_with_ortc();
  if (member == nullptr) return;
  if (!member->media.sending().is_open()) return fail(no_transport());
  const auto room = conference.rooms_.find(member->room);
  if (room == conference.rooms_.end()) return;
  const Error unknown{"track_not_found", "producerId: nobody else produces it in this room."};
  conference.end_stale_consumers(*member);
  for (const rooms::Participant& participant : room->second.room.participants()) {
    const auto track = std::ranges::find(participant.tracks, consume.track, &rooms::Track::id);
    if (track == participant.tracks.end()) continue;
    const MemberRecord* publisher = conference.find_member(participant.id);
    if (!track->live || publisher == nullptr || publisher == member) return fail(unknown);
    auto parameters = member->media.consume(publisher->media, *track, consume.capabilities);
    if (!parameters) return fail(parameters.error());
    conference.submit(
        member->room,
        rooms::Subscribe{
            0, member->media.id(), {{.track = track->id, .paused = true, .layer = {}}}, true},
        client);
    if (const auto peer = conference.find_client(client))
      peer->consuming(request, {track->kind, *std::move(parameters)});
    return;
  }
  fail(unknown);
}

}  // namespace parley::server
