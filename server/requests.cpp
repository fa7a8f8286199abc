#include "server/requests.hpp"

#include <utility>

namespace parley::server {
namespace {

constexpr std::size_t kIdLength = 12;     // 71 bits: unique
constexpr std::size_t kTokenLength = 32;  // 190 bits: unguessable

}  // namespace

void Conference::Requests::fail(Error error) const {
  if (const auto peer = conference.find_client(client)) peer->answer(request, std::move(error));
}

Conference::ClientRecord& Conference::Requests::record() const {
  return conference.clients_.at(client);
}

Conference::MemberRecord* Conference::Requests::joined() const {
  MemberRecord* member = conference.find_member(record().participant);
  if (member == nullptr) fail({"not_joined", "Join a room first: send join {room, name}."});
  return member;
}

void Conference::Requests::operator()(signaling::JoinRequest& join) const {
  if (!record().participant.empty())
    return fail({"already_joined",
                 "This connection has joined a room; open another one for another room."});
  if (!join.resume_id.empty()) return resume(join);
  const auto room = conference.room_for_join(join.room);
  if (!room) return fail(room.error());
  const ParticipantId id(random_token(kIdLength));
  const MemberOptions options{(*room)->shard, join.data_channel, join.media_lines, join.flow,
                              join.notation};
  auto member = std::make_unique<MemberRecord>(Member(id, conference.media_, options), join.room);
  member->client = client;
  conference.members_.emplace(id, std::move(member));
  record().participant = id;
  record().room = join.room;
  conference.submit(join.room,
                    rooms::Join{request, id, join.name,
                                join.resumable ? random_token(kTokenLength) : std::string(),
                                join.subscribe_all, wall_now()},
                    client);
}

void Conference::Requests::resume(const signaling::JoinRequest& join) const {
  const ParticipantId id(join.resume_id);
  const MemberRecord* member = conference.find_member(id);
  if (member == nullptr || member->room != join.room)
    return fail({"resume_failed", "resume.participant: this seat is gone; join without resume."});
  conference.submit(join.room, rooms::Resume{request, id, join.resume_token, join.keep_media},
                    client);
}

void Conference::Requests::operator()(signaling::LeaveRequest&) const {
  if (const MemberRecord* member = joined())
    conference.submit(member->room, rooms::Leave{request, member->media.id()}, client);
}

void Conference::Requests::operator()(signaling::PublishRequest& publish) const {
  MemberRecord* member = joined();
  if (member == nullptr) return;
  const TrackId track(random_token(kIdLength));
  if (publish.mid) member->mids[track] = *publish.mid;
  conference.submit(
      member->room,
      rooms::Publish{request, member->media.id(), track, publish.source, publish.muted}, client);
}

void Conference::Requests::operator()(signaling::UnpublishRequest& unpublish) const {
  if (const MemberRecord* member = joined())
    conference.submit(member->room, rooms::Unpublish{request, member->media.id(), unpublish.track},
                      client);
}

void Conference::Requests::operator()(signaling::SubscribeRequest& subscribe) const {
  const MemberRecord* member = joined();
  if (member == nullptr) return;
  for (const rooms::Subscription& wish : subscribe.subscriptions)
    if (subscribe.wanted && !member->media.has_line_for(wish.track))
      return fail({"track_not_found", "tracks: consume " + wish.track.str() + " first."});
  conference.submit(member->room,
                    rooms::Subscribe{request, member->media.id(),
                                     std::move(subscribe.subscriptions), subscribe.wanted},
                    client);
}

void Conference::Requests::operator()(signaling::MuteRequest& mute) const {
  if (const MemberRecord* member = joined())
    conference.submit(member->room,
                      rooms::Mute{request, member->media.id(), mute.track, mute.muted}, client);
}

void Conference::Requests::operator()(signaling::ChatRequest& chat) const {
  if (const MemberRecord* member = joined())
    conference.submit(member->room,
                      rooms::Chat{request, member->media.id(), random_token(kIdLength),
                                  std::move(chat.text), wall_now()},
                      client);
}

void Conference::Requests::operator()(signaling::OfferRequest& offer) const {
  MemberRecord* member = joined();
  if (member == nullptr) return;
  conference.take_offer(*member, {request, std::move(offer.sdp)});
}

void Conference::Requests::operator()(signaling::AnswerRequest& answer) const {
  if (MemberRecord* member = joined()) conference.take_answer(*member, request, answer);
}

void Conference::Requests::operator()(signaling::CandidateRequest&) const {
  // ICE-lite: the peer's checks tell its addresses (RFC 8445 2.5), so its candidates are not
  // needed.
  if (joined() == nullptr) return;
  if (const auto peer = conference.find_client(client))
    peer->answer(request, rooms::Reply{rooms::reply::Done{}});
}

}  // namespace parley::server
