// What a room is told: facts that happened and requests made. Values only.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "rooms/types.hpp"

namespace parley::rooms {

/// Names the request an Effect's Reply answers; given out by the protocol session that decoded it,
/// opaque here. 0: nobody waits for a reply.
using RequestId = std::uint64_t;

// --- requests of participants
// -----------------------------------------------------------------------

/// `participant` and `resume_token` are fresh and unguessable, made by the caller. With an empty
/// token nobody can resume, and the seat ends when its signaling or its transport does.
struct Join {
  RequestId request = 0;
  ParticipantId participant;
  std::string name;
  std::string resume_token;
  bool subscribe_all = true;  ///< false: nothing flows until it subscribes
  WallTime at{};
};
/// Takes back the seat that a lost connection left. `media_alive`: its transport goes on as it is;
/// else it is opened anew and its tracks with it. Refused with resume_failed when the seat or, with
/// `media_alive`, the transport is not there any more.
struct Resume {
  RequestId request = 0;
  ParticipantId participant;
  std::string resume_token;
  bool media_alive = false;
};
struct Leave {
  RequestId request = 0;
  ParticipantId participant;
};
struct Publish {
  RequestId request = 0;
  ParticipantId participant;
  TrackId track;  ///< fresh, made by the caller
  Source source{};
  bool muted = false;
};
struct Unpublish {
  RequestId request = 0;
  ParticipantId participant;
  TrackId track;
};
/// Subscribes to, changes or (with `wanted` false) drops live tracks of others: all of them, or,
/// when one of them is not there, none.
struct Subscribe {
  RequestId request = 0;
  ParticipantId participant;
  std::vector<Subscription> subscriptions;
  bool wanted = true;
};
struct Mute {
  RequestId request = 0;
  ParticipantId participant;
  TrackId track;
  bool muted = true;
};
struct Chat {
  RequestId request = 0;
  ParticipantId participant;
  std::string message_id;  ///< fresh, made by the caller
  std::string text;
  WallTime at{};
};

// --- facts
// ------------------------------------------------------------------------------------------

/// The track's m-line was negotiated; it is announced and linked to its subscribers. Again with
/// another codec or other layers: the publisher changed them.
struct TrackAppeared {
  ParticipantId participant;
  TrackId track;
  std::string codec;
  std::vector<std::string> layers{};
};
/// The peer refused the m-line of a track it had published.
struct TrackRefused {
  ParticipantId participant;
  TrackId track;
};
/// A subscriber cannot decode a track (or can again, after the publisher changed codecs).
struct Undecodable {
  ParticipantId participant;
  TrackId track;
  bool undecodable = true;
};
/// Somebody began to speak, goes on (about five times a second) or ended. `duty` and `level` are of
/// the time since the report before: the share of packets that stood out of the track's noise, and
/// by how many dB in the mean. A report that is missed costs nothing but exactness.
struct Speaking {
  ParticipantId participant;
  TrackId track;
  bool speaking = false;
  double duty = 0;
  double level = 0;
};
/// The signaling connection ended without a goodbye. Not to be told of a session whose seat another
/// session has taken over since.
struct SignalingLost {
  ParticipantId participant;
};
/// The media transport ended (consent expired, DTLS closed or failed). `reason` is a snake_case
/// word.
struct TransportLost {
  ParticipantId participant;
  std::string reason;
};
/// An operator changes the room; what the change does not name stays.
struct Configure {
  SettingsChange change;
};
/// An operator removes a participant.
struct Remove {
  RequestId request = 0;
  ParticipantId participant;
};
/// An operator closes the room.
struct Close {
  RequestId request = 0;
};
/// Time has passed; call about once a second. (Every other Input lets time pass as well.)
struct Tick {};

using Input = std::variant<Join, Resume, Leave, Publish, Unpublish, Subscribe, Mute, Chat,
                           TrackAppeared, TrackRefused, Undecodable, Speaking, SignalingLost,
                           TransportLost, Configure, Remove, Close, Tick>;

}  // namespace parley::rooms
