// One participant as the server carries it: its pipeline, its SDP, its negotiation and its links.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/links.hpp"
#include "pipelines/participant.hpp"
#include "rooms/effect.hpp"
#include "rooms/negotiation.hpp"
#include "signaling/backend.hpp"
#include "signaling/sdp/media_session.hpp"
#include "transport/transport.hpp"

namespace parley::server {

/// What members share; outlives them all.
struct MediaContext {
  transport::Transport& transport;
  MainLoop& main_loop;
  pipelines::ParticipantObserver& observer;
  GstClockTime base_time = 0;
  unsigned closing = 0;  ///< pipelines on their way to NULL
};

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

/// What a client said of itself when it joined, and where its room lives.
struct MemberOptions {
  unsigned shard = 0;
  bool data_channel = true;
  std::size_t media_lines = 127;  ///< see sdp::Options::max_lines
  signaling::Flow flow = signaling::Flow::Both;
};

/// Main-bound. Holds no room logic: the conference tells it what Effects say and asks what became
/// of descriptions. A transport is open between open_transport() and close_transport().
class Member {
 public:
  Member(ParticipantId id, MediaContext& context, const MemberOptions& options);
  ~Member();
  Member(Member&&) = default;

  [[nodiscard]] const ParticipantId& id() const { return id_; }
  [[nodiscard]] unsigned shard() const { return options_.shard; }
  [[nodiscard]] bool has_transport() const { return pipeline_ != nullptr; }
  [[nodiscard]] transport::ConnectionId connection() const;
  [[nodiscard]] forwarding::TrackKey key_of(const TrackId& track) const;
  [[nodiscard]] pipelines::Participant* pipeline() const { return pipeline_.get(); }
  [[nodiscard]] std::optional<TrackId> track_of(forwarding::TrackKey key) const;
  [[nodiscard]] const std::map<TrackId, Link>& links() const { return links_; }
  /// Its own publications and the m-lines they have.
  [[nodiscard]] std::vector<signaling::PublicationMapping> publications() const;

  // --- what Effects say
  // ---------------------------------------------------------------------------

  Status open_transport();
  void close_transport();
  /// `mid`: the m-line of the peer's own offer that the track is sent on, where it offers itself.
  void open_track(const TrackId& track, rooms::Kind kind, std::optional<std::string> mid);
  void close_track(const TrackId& track);
  void link(const Member& publisher, const rooms::Track& track, const rooms::Delivery& how);
  void update_link(const TrackId& track, const rooms::Delivery& how);
  void unlink(const TrackId& track);
  /// The publisher's codec became known or changed.
  void set_codec(const TrackId& track, const std::string& codec);

  // --- negotiation
  // --------------------------------------------------------------------------------

  /// webrtcbin's parameters are known: descriptions can be written.
  void set_local(const pipelines::LocalParameters& local);
  /// The client is a new one: the next offer is due even when nothing changed.
  void offer_everything();
  [[nodiscard]] bool has_local() const { return local_.has_value(); }
  [[nodiscard]] rooms::Negotiation& negotiation() { return negotiation_; }
  /// An offer would tell the client something new.
  [[nodiscard]] bool needs_offer() const;
  /// The codec the peer put first on a publication's m-line; empty before it is negotiated.
  [[nodiscard]] std::string codec_of(const TrackId& track) const;
  /// The rids negotiated for a publication's simulcast, lowest first.
  [[nodiscard]] std::vector<std::string> layers_of(const TrackId& track) const;

  /// Our offer or answer of the present state, with what its m-lines mean; clears slots_changed().
  [[nodiscard]] signaling::Description offer();
  [[nodiscard]] signaling::Description answer();
  Result<sdp::Applied> apply_answer(const std::string& sdp);
  Result<sdp::Applied> apply_offer(const std::string& sdp);
  /// After an applied description: tells the shard what was negotiated and attaches what waited.
  void apply_negotiated();

  /// Signaling was lost: a peer that is gone should be noticed sooner than by RFC 7675's 30 s.
  void expect_soon(bool soon);

  /// The mapping changed since it was last described to the client.
  [[nodiscard]] bool slots_changed() const { return slots_changed_; }
  [[nodiscard]] std::vector<signaling::SlotMapping> take_slots();
  /// Links whose `undecodable` changed since the last call.
  [[nodiscard]] std::vector<Link> decodability_changes();

 private:
  [[nodiscard]] sdp::MediaSession new_session() const;
  [[nodiscard]] sdp::LocalTransport local_transport() const;
  [[nodiscard]] signaling::Description describe(std::string sdp);
  void set_remote_once(const sdp::RemoteTransport& remote);
  bool seat(Link& link);
  void unseat(Link& link);
  void seat_waiting();
  void attach(Link& link);
  void detach(const Link& link);

  ParticipantId id_;
  MediaContext* context_;
  MemberOptions options_;
  bool remote_set_ = false;
  bool slots_changed_ = false;
  bool offer_all_ = false;  ///< offer even without a change: the client lost track
  std::unique_ptr<pipelines::Participant> pipeline_;
  std::optional<sdp::MediaSession> session_;
  std::optional<pipelines::LocalParameters> local_;
  rooms::Negotiation negotiation_;
  std::map<TrackId, Link> links_;
  std::map<TrackId, std::string> publications_;  ///< the mid of each
};

}  // namespace parley::server
