// What a room wants done: imperatives that server/conference carries out, in order. Values only.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "rooms/input.hpp"
#include "rooms/types.hpp"
#include "support/result.hpp"

namespace parley::rooms {

// --- events: what a participant is told, whatever protocol it speaks
// --------------------------------

namespace event {
struct ParticipantJoined {
  Participant participant;
};
/// `reason`: left, removed or connection_lost. Its tracks are gone with it, without a TrackRemoved.
struct ParticipantLeft {
  ParticipantId participant;
  std::string reason;
};
struct HostChanged {
  ParticipantId participant;
};
/// Again for a track that is known: it has another codec or other layers now.
struct TrackAdded {
  ParticipantId participant;
  Track track;
};
struct TrackRemoved {
  ParticipantId participant;
  TrackId track;
};
struct TrackMuted {
  ParticipantId participant;
  TrackId track;
  bool muted = false;
};
/// This subscriber cannot decode that track (or, again, can).
struct TrackUndecodable {
  ParticipantId participant;
  TrackId track;
  std::string codec;
  bool undecodable = true;
};
/// Last-N holds this camera back from the one who is told, or again lets it through. A track that
/// is added is not held until this says so.
struct TrackHeld {
  ParticipantId participant;
  TrackId track;
  bool held = true;
};
struct ChatPosted {
  ChatMessage message;
};
/// Who speaks now: the dominant speaker first, if it does, then the others in the order they began.
/// Empty: silence. `dominant` has the floor, also in silence, until another takes it or it leaves;
/// empty: nobody.
struct ActiveSpeaker {
  std::vector<ParticipantId> participants;
  ParticipantId dominant{};

  bool operator==(const ActiveSpeaker&) const = default;
};
/// The publisher's own m-line was refused by its browser.
struct PublishFailed {
  TrackId track;
};
/// This participant's media transport is gone; its session ends with this, and it should resume
/// with new media or join again.
struct TransportClosed {
  std::string reason;
};
/// Last words to this session. `reason`: removed_by_operator, or resumed_elsewhere when another
/// session has taken over the seat.
struct Removed {
  std::string reason;
};
struct RoomClosed {
  std::string reason;
};
}  // namespace event

using Event =
    std::variant<event::ParticipantJoined, event::ParticipantLeft, event::HostChanged,
                 event::TrackAdded, event::TrackRemoved, event::TrackMuted, event::TrackUndecodable,
                 event::TrackHeld, event::ChatPosted, event::ActiveSpeaker, event::PublishFailed,
                 event::TransportClosed, event::Removed, event::RoomClosed>;

// --- replies to requests
// ----------------------------------------------------------------------------

namespace reply {
struct Done {};
struct Joined {
  RoomId room;
  ParticipantId participant;
  std::string resume_token;
  bool host = false;
  bool resumed = false;
  std::vector<Participant> participants;  ///< the others, with their live tracks and which are held
  std::vector<Track> tracks;              ///< its own publications that live on after a resume
  std::vector<ChatMessage> chat;
};
struct Published {
  TrackId track;
};
struct Posted {
  std::string message_id;
};
}  // namespace reply
using Reply = std::variant<reply::Done, reply::Joined, reply::Published, reply::Posted>;

// --- effects
// ----------------------------------------------------------------------------------------

/// With reply::Joined the participant's signaling moves to the session that asked: a Send ahead of
/// it goes to the session before, a Send after it to the new one.
struct Answer {
  RequestId request = 0;
  Result<Reply> reply;
};
struct Send {
  ParticipantId to;
  Event event;
};
/// Makes the participant's webrtcbin and connection, from which the first offer follows.
struct OpenTransport {
  ParticipantId participant;
};
/// Ends them. The links to the participant are gone with it; those from it were unlinked before. No
/// Send to the participant follows, unless it resumes (then the Answer to that came first).
struct CloseTransport {
  ParticipantId participant;
};
/// The participant has left for good: forget its signaling session too. `reason`: left, removed,
/// connection_lost or room_closed.
struct ForgetParticipant {
  ParticipantId participant;
  std::string reason;
};
/// Gives the publisher an m-line for a new track, or takes it away.
struct OpenTrack {
  ParticipantId participant;
  TrackId track;
  Kind kind{};
  Source source{};
};
struct CloseTrack {
  ParticipantId participant;
  TrackId track;
};
/// Lets a live track flow to a subscriber, changes how, or ends it.
struct LinkTrack {
  ParticipantId publisher;
  ParticipantId subscriber;
  Track track;
  Delivery delivery;
};
struct UpdateLink {
  ParticipantId subscriber;
  TrackId track;
  Delivery delivery;
};
struct UnlinkTrack {
  ParticipantId subscriber;
  TrackId track;
};
/// Nobody is left: the room is to be destroyed after this list of effects.
struct EndRoom {};

using Effect = std::variant<Answer, Send, OpenTransport, CloseTransport, ForgetParticipant,
                            OpenTrack, CloseTrack, LinkTrack, UpdateLink, UnlinkTrack, EndRoom>;

}  // namespace parley::rooms
