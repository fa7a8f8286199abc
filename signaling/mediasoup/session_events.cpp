// What a session tells its client of the room.
#include <utility>
#include <variant>

#include "signaling/mediasoup/session.hpp"

namespace parley::signaling::mediasoup {
namespace {

using socketio::object;
using socketio::Value;
namespace event = rooms::event;

}  // namespace

/// One function for each event that this protocol has words for.
struct Session::Events {
  Session& session;

  void operator()(const event::ParticipantJoined& joined) const {
    const rooms::Participant& participant = joined.participant;
    session.roster_.add(participant);
    const Identity identity = session.context_.directory->of(participant.id);
    session.emit("peer-joined", object({{"socketId", identity.socket_id},
                                        {"userId", identity.user_id},
                                        {"userName", participant.name},
                                        {"isHost", participant.host}}));
    for (const rooms::Track& track : participant.tracks) session.tell_new(participant.id, track);
  }
  void operator()(const event::ParticipantLeft& left) const {
    const rooms::Participant gone = session.roster_.remove(left.participant);
    for (const rooms::Track& track : gone.tracks) session.tell_closed(left.participant, track.id);
    const Identity identity = session.context_.directory->of(left.participant);
    session.emit("peerLeft", object({{"socketId", identity.socket_id},
                                     {"userId", identity.user_id},
                                     {"userName", gone.name}}));
  }
  void operator()(const event::HostChanged& changed) const {
    session.roster_.set_host(changed.participant);
  }
  void operator()(const event::TrackAdded& added) const {
    if (session.roster_.add_track(added.participant, added.track))
      session.tell_new(added.participant, added.track);
  }
  void operator()(const event::TrackRemoved& removed) const {
    if (session.roster_.remove_track(removed.participant, removed.track))
      session.tell_closed(removed.participant, removed.track);
  }
  void operator()(const event::ChatPosted& posted) const {
    session.emit("newMessage", message_json(*session.context_.directory, posted.message));
  }
  template <typename Other>
  void operator()(const Other&) const {}
};

void Session::event(const rooms::Event& event) {
  if (joined_) std::visit(Events{*this}, event);
}

void Session::emit(std::string_view event, Value value) {
  if (const auto socket = socket_.lock()) socket->emit(event, {std::move(value)});
}

void Session::tell_new(const ParticipantId& publisher, const rooms::Track& track) {
  const Identity identity = context_.directory->of(publisher);
  emit("newProducer", object({{"producerId", track.id.str()},
                              {"socketId", identity.socket_id},
                              {"userId", identity.user_id},
                              {"kind", std::string(media::to_string(track.kind))}}));
}

void Session::tell_closed(const ParticipantId& publisher, const TrackId& track) {
  const Identity identity = context_.directory->of(publisher);
  emit("producerClosed", object({{"producerId", track.str()},
                                 {"socketId", identity.socket_id},
                                 {"userId", identity.user_id}}));
  const auto consumed =
      std::erase_if(consumers_, [&](const auto& entry) { return entry.second == track; });
  if (consumed > 0) emit("producerClosed", object({{"producerId", track.str()}}));
}

/// The conference has ended it: it is told by the end of its socket, later, for this is called from
/// within.
void Session::close(std::string_view) {
  if (leaving_) return;
  if (std::exchange(joined_, false)) context_.directory->departed(participant_);
  removed_ = true;
  context_.main_loop.post([weak = socket_] {
    if (const auto socket = weak.lock()) socket->disconnect();
  });
}

}  // namespace parley::signaling::mediasoup
