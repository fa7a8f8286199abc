// The seam between protocols and the conference: what a protocol session may ask, and what it is
// told. Main-bound, both ways.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rooms/effect.hpp"
#include "rooms/input.hpp"
#include "rooms/types.hpp"
#include "signaling/branches.hpp"
#include "signaling/sdp/media_session.hpp"
#include "signaling/sdp/ortc.hpp"
#include "support/result.hpp"

namespace parley::signaling {

using rooms::RequestId;

/// Which track flows on which of the client's m-lines just now.
struct SlotMapping {
  std::string mid;
  ParticipantId participant;
  TrackId track;
};

/// A client's own publications and the m-lines the server planned for them.
struct PublicationMapping {
  std::string mid;
  TrackId track;
};

/// A session description for the client, with what its m-lines mean.
struct Description {
  std::string sdp;
  unsigned version = 0;  ///< offers count from 1; an answer repeats the version it answers
  std::vector<SlotMapping> slots;
  std::vector<PublicationMapping> publications;
};

/// How a client consumes a track: what its parameters are for it.
struct Consuming {
  media::Kind kind{};
  sdp::RtpParameters parameters;
};

/// One client's connection as the conference sees it; each protocol implements it once. Calls may
/// come from within a Backend call. None may fail: a connection that broke swallows them and
/// reports disconnected() later, from the main loop, never from within.
class Client {
 public:
  virtual ~Client() = default;
  virtual void answer(RequestId request, const Result<rooms::Reply>& reply) = 0;
  virtual void event(const rooms::Event& event) = 0;
  virtual void offer(const Description& offer) = 0;
  /// Answers the client's own offer: the reply to the request that brought it.
  virtual void description_answer(RequestId request, const Description& answer) = 0;
  /// Slots changed without a new offer.
  virtual void slots(const std::vector<SlotMapping>& slots) = 0;
  /// The replies to OpenTransportRequest and ConsumeRequest, which only clients of
  /// Notation::Ortc make.
  virtual void transport_opened(RequestId, const sdp::LocalTransport&) {}
  virtual void consuming(RequestId, const Consuming&) {}
  /// The conference has no more to say: say goodbye and close.
  virtual void close(std::string_view reason) = 0;
};

using ClientId = std::uint64_t;

/// Which way a client's media may flow, whatever its descriptions say.
enum class Flow : std::uint8_t { Both, Publish, Play };

/// In what words media is agreed on with a client.
enum class Notation : std::uint8_t {
  Sdp,   ///< offers and answers, on one transport for both ways
  Ortc,  ///< RTP parameters, on a transport for each way, which the client asks for
};

/// What a client of Notation::Ortc uses a transport for.
enum class TransportUse : std::uint8_t { Produce, Consume };

/// What a client asks. `request` is the client's own numbering, repeated in Client::answer().
struct JoinRequest {
  RoomId room;
  std::string name;
  std::string token;      ///< the room's access token, where rooms ask for one
  std::string resume_id;  ///< with resume_token: take this seat back if it is still kept
  std::string resume_token;
  bool keep_media = false;  ///< resume: the peer connection is still up and goes on
  /// The seat is kept when its connection is lost. Else it ends with its transport or its session.
  bool resumable = true;
  bool subscribe_all = true;
  bool data_channel = true;
  /// m-lines that its browser copes with. 0: it takes no offers, what it sends and receives are the
  /// m-lines of its own.
  std::size_t media_lines = 127;
  Flow flow = Flow::Both;
  Notation notation = Notation::Sdp;
};
struct LeaveRequest {};
struct PublishRequest {
  rooms::Source source{};
  bool muted = false;
  std::optional<std::string> mid;  ///< the m-line of the client's own offer, when it offers itself
};
struct UnpublishRequest {
  TrackId track;
};
struct SubscribeRequest {
  std::vector<rooms::Subscription> subscriptions;
  bool wanted = true;
};
struct MuteRequest {
  TrackId track;
  bool muted = true;
};
struct ChatRequest {
  std::string text;
};
struct OfferRequest {
  std::string sdp;
};
struct AnswerRequest {
  std::string sdp;
  unsigned version = 0;
};
/// A remote candidate. An ICE-lite server needs none; it is checked for form and ignored.
struct CandidateRequest {
  std::string candidate;
};

// Of clients that joined with Notation::Ortc. What they consume they pause and resume by
// SubscribeRequest. Errors, beside the room's: transport_not_found, invalid_field, cannot_consume,
// consumer_limit.

/// A new transport; one that was there for the same use ends, with what was produced or consumed.
struct OpenTransportRequest {
  TransportUse use{};
};
/// The client's end of it. Its ICE credentials stay its own: the server's ICE is lite.
struct ConnectTransportRequest {
  TransportUse use{};
  std::vector<std::string> fingerprints;  ///< "sha-256 AA:BB:…"; any of them may match
  bool dtls_server = false;               ///< it waits for our handshake
};
/// Publishes what the parameters describe, in the place of what it published of that source.
struct ProduceRequest {
  rooms::Source source{};
  sdp::RtpParameters parameters;
};
/// Subscribes to a live track of others, paused. A second time for the same track it begins anew,
/// on an m-line of its own, and the first one ends.
struct ConsumeRequest {
  TrackId track;
  sdp::RtpCapabilities capabilities;
};
using Request =
    std::variant<JoinRequest, LeaveRequest, PublishRequest, UnpublishRequest, SubscribeRequest,
                 MuteRequest, ChatRequest, OfferRequest, AnswerRequest, CandidateRequest,
                 OpenTransportRequest, ConnectTransportRequest, ProduceRequest, ConsumeRequest>;

// --- states for the REST API
// ------------------------------------------------------------------------

/// One of the streams in which a publisher sends a track. Rates in bits per second of payload.
struct LayerState {
  std::string rid;  ///< empty without simulcast
  std::uint32_t ssrc = 0;
  bool active = false;  ///< it comes in just now
  std::uint64_t bitrate = 0;
  std::uint64_t packets = 0;
  std::int64_t lost = 0;
  std::uint64_t nacks = 0;
  std::uint64_t keyframe_requests = 0;
  double jitter_ms = 0;
  unsigned spatial_layers = 0;
  unsigned temporal_layers = 0;
  std::size_t subscribers = 0;  ///< that are sent it or wait for it
};
struct LayerChoice {
  std::string rid;
  unsigned spatial = 0;
  unsigned temporal = 0;
};
struct SubscriptionState {
  TrackId track;
  ParticipantId publisher;
  std::string mid;
  /// waiting, flowing, paused, held (by last-N), no_bandwidth, codec_unsupported
  std::string state;
  bool preferred = false;  ///< served first when bandwidth is short
  // As measured, about once a second:
  std::optional<LayerChoice> layer;   ///< what is sent; of video
  std::optional<LayerChoice> target;  ///< what the bandwidth reaches for
  std::uint64_t bitrate = 0;
  std::uint64_t packets = 0;
  std::uint64_t retransmitted = 0;
  std::uint64_t nacks = 0;
  std::uint64_t keyframe_requests = 0;
  std::int64_t lost = 0;
  double loss = 0;  ///< of the last report, 0 to 1
};
/// The way to a participant.
struct BandwidthState {
  std::optional<std::uint64_t> estimate;   ///< what the network is believed to carry
  std::optional<std::uint64_t> target;     ///< what was given out to its subscriptions
  std::optional<std::uint64_t> acked;      ///< what came through lately
  std::optional<std::uint64_t> available;  ///< what the client says it can receive (REMB)
  std::optional<double> rtt_ms;
  double loss = 0;
};
struct ParticipantState {
  rooms::Participant participant;
  std::string connection;  ///< new, connecting, connected, lost
  std::vector<SubscriptionState> subscriptions;
  std::optional<BandwidthState> bandwidth;            ///< none before it was measured
  std::map<TrackId, std::vector<LayerState>> layers;  ///< of its tracks, as far as measured
};
struct RoomState {
  RoomId id;
  rooms::Settings settings;
  ParticipantId dominant;  ///< who has the floor; empty: nobody
  std::vector<ParticipantState> participants;
  std::vector<BranchInfo> branches{};
};

class Backend {
 public:
  virtual ~Backend() = default;

  /// A client connected. The backend keeps no more than the weak pointer.
  virtual ClientId connected(std::weak_ptr<Client> client) = 0;
  /// The connection ended; `clean` when the client said goodbye (it left), else its seat is kept.
  virtual void disconnected(ClientId client, bool clean) = 0;
  /// Every request is answered exactly once, by Client::answer() or the reply of its own
  /// (description_answer() and the like), possibly before this returns.
  virtual void request(ClientId client, RequestId request, Request what) = 0;

  // REST. Errors: room_not_found, participant_not_found, room_limit, room_exists, invalid_room.
  [[nodiscard]] virtual std::vector<RoomState> rooms() const = 0;
  [[nodiscard]] virtual Result<RoomState> room(const RoomId& room) const = 0;
  /// Makes an empty room that waits for its first participant. An empty id: the backend picks one.
  virtual Result<RoomId> create_room(const RoomId& wanted,
                                     const rooms::SettingsChange& settings) = 0;
  virtual Status change_room(const RoomId& room, const rooms::SettingsChange& change) = 0;
  virtual Status close_room(const RoomId& room) = 0;
  virtual Status remove_participant(const RoomId& room, const ParticipantId& participant) = 0;
  /// The room's live graph in DOT.
  virtual Result<std::string> graph(const RoomId& room) const = 0;
  /// Empty when ready to take calls, else what is missing.
  [[nodiscard]] virtual std::string not_ready() const = 0;
  /// Prometheus text format.
  [[nodiscard]] virtual std::string metrics() const = 0;
};

}  // namespace parley::signaling
