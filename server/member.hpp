// One participant as the server carries it: its transports, the description of its media, its
// negotiation and its links.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/links.hpp"
#include "rooms/effect.hpp"
#include "rooms/negotiation.hpp"
#include "server/leg.hpp"
#include "signaling/backend.hpp"
#include "signaling/sdp/media_session.hpp"
#include "signaling/sdp/ortc_session.hpp"

namespace parley::server {

/// A track of another participant that flows, or is to flow, to this one.
struct Link {
  rooms::Track track;
  ParticipantId publisher;
  transport::ConnectionId publisher_connection = 0;
  forwarding::TrackKey key = 0;
  std::string mid;  ///< empty while there is no m-line for it
  rooms::Delivery how;
  bool linked = false;       ///< attached on the shard
  bool undecodable = false;  ///< the subscriber's answer lacks the track's codec
};

/// The seat name: tracks of one source group of a publisher share a stream, so that they play in
/// sync.
[[nodiscard]] std::string seat_of(const ParticipantId& publisher, rooms::Source source);

/// What a client said of itself when it joined, and where its room lives.
struct MemberOptions {
  unsigned shard = 0;
  bool data_channel = true;
  std::size_t media_lines = 127;  ///< see sdp::Options::max_lines
  signaling::Flow flow = signaling::Flow::Both;
  signaling::Notation notation = signaling::Notation::Sdp;
};

/// Main-bound. Holds no room logic: the conference tells it what Effects say and asks what became
/// of descriptions. Its legs are open between open_leg() and close_leg(); the conference opens
/// them with the seat, or, where the notation is ORTC, as the client asks.
class Member {
 public:
  Member(ParticipantId id, MediaContext& context, const MemberOptions& options);
  Member(Member&&) = default;

  [[nodiscard]] const ParticipantId& id() const { return id_; }
  [[nodiscard]] unsigned shard() const { return options_.shard; }
  /// The leg its own tracks come in on, and the one that others' go out on; one for both with SDP.
  [[nodiscard]] Leg& receiving() { return legs_.front(); }
  [[nodiscard]] const Leg& receiving() const { return legs_.front(); }
  [[nodiscard]] Leg& sending() { return legs_.back(); }
  [[nodiscard]] const Leg& sending() const { return legs_.back(); }
  [[nodiscard]] std::span<Leg> legs() { return legs_; }
  [[nodiscard]] std::span<const Leg> legs() const { return legs_; }
  [[nodiscard]] Leg* find_leg(transport::ConnectionId connection);
  /// Legs come and go as the client asks; the loss of one is not the loss of the participant.
  [[nodiscard]] bool opens_legs_itself() const { return ortc_ != nullptr; }

  [[nodiscard]] forwarding::TrackKey key_of(const TrackId& track) const;
  [[nodiscard]] std::optional<TrackId> track_of(forwarding::TrackKey key) const;
  [[nodiscard]] const std::map<TrackId, Link>& links() const { return links_; }
  /// Its own publications and the m-lines they have.
  [[nodiscard]] std::vector<signaling::PublicationMapping> publications() const;

  // --- what Effects say
  // ---------------------------------------------------------------------------

  /// All of it begins anew: nothing is described any more.
  void reset_media();
  Status open_leg(Leg& leg);
  /// What was linked to it, or published on it, is forgotten.
  void close_leg(Leg& leg);
  /// `mid`: the m-line of the peer's own offer that the track is sent on, where it offers itself.
  void open_track(const TrackId& track, rooms::Kind kind, std::optional<std::string> mid);
  void close_track(const TrackId& track);
  void link(const Member& publisher, const rooms::Track& track, const rooms::Delivery& how);
  void update_link(const TrackId& track, const rooms::Delivery& how);
  void unlink(const TrackId& track);
  /// The publisher's codec became known or changed.
  void set_codec(const TrackId& track, const std::string& codec);

  // --- what is described, in either notation
  // ----------------------------------------------------

  /// The codec the peer put first on a publication's m-line; empty before it is negotiated.
  [[nodiscard]] std::string codec_of(const TrackId& track) const;
  /// The rids negotiated for a publication's simulcast, lowest first.
  [[nodiscard]] std::vector<std::string> layers_of(const TrackId& track) const;
  /// Tells the shards what holds now, and attaches what waited for it.
  void apply_negotiated();
  /// The mapping changed since it was last described to the client.
  [[nodiscard]] bool slots_changed() const { return slots_changed_; }
  [[nodiscard]] std::vector<signaling::SlotMapping> take_slots();
  /// Links whose `undecodable` changed since the last call.
  [[nodiscard]] std::vector<Link> decodability_changes();

  // --- SDP: offers and answers (member_sdp.cpp)
  // --------------------------------------------------------------------------------

  /// Descriptions can be written: webrtcbin's parameters are known.
  [[nodiscard]] bool can_describe() const;
  /// The client is a new one: the next offer is due even when nothing changed.
  void offer_everything();
  [[nodiscard]] rooms::Negotiation& negotiation() { return negotiation_; }
  /// An offer would tell the client something new.
  [[nodiscard]] bool needs_offer() const;
  /// Our offer or answer of the present state, with what its m-lines mean; clears slots_changed().
  [[nodiscard]] signaling::Description offer();
  [[nodiscard]] signaling::Description answer();
  Result<sdp::Applied> apply_answer(const std::string& sdp);
  Result<sdp::Applied> apply_offer(const std::string& sdp);

  // --- ORTC: producers and consumers (member_ortc.cpp)
  // -------------------------------------------------------------------------

  /// Describes a publication that open_track() is to follow; see OrtcSession::produce().
  Status produce(const TrackId& track, rooms::Kind kind, const sdp::RtpParameters& parameters,
                 const TrackId& replaced);
  /// Gives `track` of `publisher` an m-line of its own; see OrtcSession::consume().
  Result<sdp::RtpParameters> consume(const Member& publisher, const rooms::Track& track,
                                     const sdp::RtpCapabilities& capabilities);
  /// Whether it could be sent the track at all: with SDP an offer makes the m-line, here consume().
  [[nodiscard]] bool has_line_for(const TrackId& track) const;
  void end_consumer(const TrackId& track);
  [[nodiscard]] std::vector<TrackId> consumed() const;

 private:
  [[nodiscard]] signaling::Description describe(std::string sdp);
  [[nodiscard]] std::vector<media::Codec> produced_codecs(const rooms::Track& track) const;
  bool seat(Link& link);
  void unseat(Link& link);
  void seat_waiting();
  void attach(Link& link);
  void detach(const Link& link);
  [[nodiscard]] pipelines::Slot slot_of(const std::string& mid) const;

  ParticipantId id_;
  MediaContext* context_;
  MemberOptions options_;
  bool slots_changed_ = false;
  bool offer_all_ = false;  ///< offer even without a change: the client lost track
  std::vector<Leg> legs_;
  std::unique_ptr<sdp::MediaDescription> description_;
  sdp::MediaSession* sdp_ = nullptr;  ///< `description_`, where that is its notation
  sdp::OrtcSession* ortc_ = nullptr;  ///< likewise
  rooms::Negotiation negotiation_;
  std::map<TrackId, Link> links_;
  std::map<TrackId, std::string> publications_;  ///< the mid of each
};

}  // namespace parley::server
