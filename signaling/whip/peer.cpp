#include "signaling/whip/peer.hpp"

#include <utility>

namespace parley::signaling::whip {
namespace {

enum : RequestId { kJoin = 1, kOffer, kSubscribe, kLeave };

}  // namespace

Peer::Peer(Role role, Backend& backend, std::string wanted, Hooks hooks)
    : role_(role), backend_(backend), roster_(std::move(wanted)), hooks_(std::move(hooks)) {}

Peer::~Peer() = default;

void Peer::start(const RoomId& room, const std::string& name, const std::string& token,
                 const std::string& sdp) {
  client_ = backend_.connected(weak_from_this());
  JoinRequest join;
  join.room = room;
  join.name = name;
  join.token = token;
  join.resumable = false;
  join.subscribe_all = false;
  join.data_channel = false;
  join.media_lines = 0;
  join.flow = role_ == Role::Ingest ? Flow::Publish : Flow::Play;
  backend_.request(client_, kJoin, std::move(join));
  if (joined_ && !ending_) backend_.request(client_, kOffer, OfferRequest{sdp});
}

void Peer::remove() {
  if (ending_) return;
  backend_.request(client_, kLeave, LeaveRequest{});
  end();
}

void Peer::answer(RequestId request, const Result<rooms::Reply>& reply) {
  if (request == kJoin && reply) {
    joined_ = true;
    if (const auto* joined = std::get_if<rooms::reply::Joined>(&reply.value()))
      roster_.set(joined->participants, {});
    return;
  }
  if ((request != kJoin && request != kOffer) || reply) return;
  report(reply.error());
  hooks_.later([self = shared_from_this()] { self->remove(); });
}

void Peer::event(const rooms::Event& event) {
  roster_.apply(event);
  if (negotiated_ && role_ == Role::Playback) choose_later();
}

void Peer::description_answer(RequestId, const Description& answer) {
  negotiated_ = true;
  report(answer.sdp);
  if (role_ == Role::Playback) choose_later();
}

void Peer::close(std::string_view reason) {
  report(Error{"transport_closed", "The session ended before it began: " + std::string(reason)});
  end();
}

void Peer::report(const Result<std::string>& sdp) {
  if (const auto answered = std::exchange(hooks_.answered, nullptr)) answered(sdp);
}

void Peer::end() {
  if (std::exchange(ending_, true)) return;
  hooks_.later([self = shared_from_this()] {
    self->backend_.disconnected(self->client_, true);
    self->hooks_.ended();
  });
}

/// The conference takes no request while it tells of an event; several events become one choice.
void Peer::choose_later() {
  if (std::exchange(choosing_, true)) return;
  hooks_.later([self = shared_from_this()] {
    self->choosing_ = false;
    if (!self->ending_) self->choose();
  });
}

void Peer::choose() {
  auto next = roster_.choose();
  if (next == shown_) return;
  subscribe(std::exchange(shown_, std::move(next)), false);
  subscribe(shown_, true);
}

void Peer::subscribe(const std::optional<Programme>& programme, bool wanted) {
  if (!programme) return;
  // One at a time: a track that has gone meanwhile takes the other one's subscription with it.
  for (const auto& track : {programme->audio, programme->video}) {
    if (!track) continue;
    SubscribeRequest request;
    request.subscriptions.push_back({.track = track->id, .layer = {}, .pinned = true});
    request.wanted = wanted;
    backend_.request(client_, kSubscribe, std::move(request));
  }
}

}  // namespace parley::signaling::whip
