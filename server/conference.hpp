// The one place where rooms meet media: decoded requests become Inputs, and Effects are carried
// out.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "pipelines/participant.hpp"
#include "rooms/room.hpp"
#include "server/branches.hpp"
#include "server/media_watch.hpp"
#include "server/member.hpp"
#include "server/metrics.hpp"
#include "signaling/backend.hpp"
#include "signaling/branches.hpp"
#include "transport/transport.hpp"

namespace parley::server {

struct ConferenceLimits {
  std::size_t rooms = 1000;
  rooms::Limits room;
  rooms::Settings settings;  ///< of a new room
  BranchSettings branches;
};

/// What REST calls about a room that is not there are told.
Error no_such_room(const RoomId& room);

/// Main-bound. One Input, then all its Effects, then the next: an Effect never calls Room::apply,
/// what it brings about is queued. Transport events arrive by post() from the shards' threads.
class Conference final : public signaling::Backend,
                         public signaling::BranchBackend,
                         public pipelines::ParticipantObserver,
                         private BranchRooms {
 public:
  Conference(transport::Transport& transport, MainLoop& main_loop, GstClockTime base_time,
             ConferenceLimits limits);
  ~Conference() override;

  /// Ends every room and participant; `done` runs when all pipelines are gone.
  void close(std::function<void()> done);

  // --- signaling::Backend
  // ---------------------------------------------------------------------------
  signaling::ClientId connected(std::weak_ptr<signaling::Client> client) override;
  void disconnected(signaling::ClientId client, bool clean) override;
  void request(signaling::ClientId client, signaling::RequestId request,
               signaling::Request what) override;
  [[nodiscard]] std::vector<signaling::RoomState> rooms() const override;
  [[nodiscard]] Result<signaling::RoomState> room(const RoomId& room) const override;
  Result<RoomId> create_room(const RoomId& wanted, const rooms::SettingsChange& settings) override;
  Status change_room(const RoomId& room, const rooms::SettingsChange& change) override;
  Status close_room(const RoomId& room) override;
  Status remove_participant(const RoomId& room, const ParticipantId& participant) override;
  Result<std::string> graph(const RoomId& room) const override;
  [[nodiscard]] std::string not_ready() const override;
  [[nodiscard]] std::string metrics() const override;

  // --- signaling::BranchBackend (conference_branches.cpp)
  // ---------------------------------------------------------------------------
  void create_branch(const RoomId& room, signaling::BranchRequest request,
                     std::function<void(const Result<signaling::BranchInfo>&)> reply) override;
  [[nodiscard]] Result<std::vector<signaling::BranchInfo>> branches(
      const RoomId& room) const override;
  [[nodiscard]] Result<signaling::BranchInfo> branch(const RoomId& room,
                                                     const std::string& id) const override;
  void end_branch(const RoomId& room, const std::string& id,
                  std::function<void(const Status&)> reply) override;

  // --- pipelines::ParticipantObserver
  // ---------------------------------------------------------------
  void on_local_parameters(transport::ConnectionId, const pipelines::LocalParameters&) override;
  void on_secure(transport::ConnectionId) override;
  void on_data(transport::ConnectionId, const pipelines::DataMessage&) override;
  void on_failed(transport::ConnectionId, std::string_view reason) override;

  // --- transport events, on the main thread
  // ---------------------------------------------------------
  void on_lost(transport::ConnectionId connection, transport::Lost lost);
  void on_codec(transport::ConnectionId connection, forwarding::TrackKey key,
                media::CodecName codec);
  void on_speaking(transport::ConnectionId connection, forwarding::TrackKey key,
                   const forwarding::Speech& speech);

 private:
  struct Requests;  // one handler per request type: requests.cpp, ortc_requests.cpp
  struct Effects;   // one handler per Effect: effects.cpp

  struct ClientRecord {
    std::weak_ptr<signaling::Client> client;
    RoomId room;
    ParticipantId participant;  ///< empty before join
  };
  struct RoomRecord {
    RoomRecord(RoomId id, const ConferenceLimits& limits, unsigned shard_index)
        : room(std::move(id), limits.room, limits.settings), shard(shard_index) {}
    rooms::Room room;
    unsigned shard;
  };
  struct HeldOffer {
    signaling::RequestId request = 0;
    std::string sdp;
  };
  struct MemberRecord {
    MemberRecord(Member member, RoomId room_id)
        : media(std::move(member)), room(std::move(room_id)) {}
    Member media;
    RoomId room;
    signaling::ClientId client = 0;
    std::string connection = "new";
    std::optional<HeldOffer> held_offer;  ///< came before webrtcbin was ready
    /// The requests that legs were opened by, until webrtcbin is ready.
    std::unordered_map<transport::ConnectionId, signaling::RequestId> opening;
    std::unordered_map<TrackId, std::string> mids;  ///< of publications on the client's own m-lines
  };
  struct QueuedInput {
    RoomId room;
    rooms::Input input;
    signaling::ClientId client = 0;  ///< whose request it is; 0: nobody's
  };

  // --- BranchRooms
  [[nodiscard]] std::optional<FoundTrack> find_track(const RoomId& room,
                                                     const plugins::TrackWish& wish) const override;
  [[nodiscard]] bool has_participant(const RoomId& room,
                                     const std::string& participant) const override;

  void submit(const RoomId& room, rooms::Input input, signaling::ClientId client = 0);
  void drain();
  void tick();
  /// Parts a member from its client, which is told goodbye. What the client says later is nobody's.
  void part(MemberRecord& member, std::string_view reason);
  /// The member has no client any more: what was in flight to it is void.
  void silence(MemberRecord& member);
  void touch(const ParticipantId& participant);
  void flush(MemberRecord& member);
  /// Opens a leg of a member, and has its connection known and measured.
  Status open_leg(MemberRecord& member, Leg& leg);
  void close_leg(MemberRecord& member, Leg& leg);
  void close_legs(MemberRecord& member);
  /// Ends what a member produces or consumes on a leg, and the leg.
  void end_leg(MemberRecord& member, Leg& leg);
  /// Ends what it consumed of tracks that the room no longer has for it.
  void end_stale_consumers(MemberRecord& member);
  void begin_negotiation(MemberRecord& member);
  void take_answer(MemberRecord& member, signaling::RequestId request,
                   const signaling::AnswerRequest& answer);
  void take_offer(MemberRecord& member, HeldOffer offer);
  void answer_offer(MemberRecord& member, const HeldOffer& offer);
  void publish_incoming(MemberRecord& member, const std::vector<sdp::IncomingMedia>& incoming);
  void announce(MemberRecord& member, const sdp::Applied& applied);
  void report_decodability(MemberRecord& member);

  MemberRecord* find_member(const ParticipantId& id) const;
  MemberRecord* find_member(transport::ConnectionId connection) const;
  void transport_lost(transport::ConnectionId connection, std::string_view reason);
  std::shared_ptr<signaling::Client> client_of(const MemberRecord& member) const;
  std::shared_ptr<signaling::Client> find_client(signaling::ClientId id) const;
  Result<RoomRecord*> room_for_join(const RoomId& id);
  [[nodiscard]] signaling::RoomState state_of(const RoomRecord& room) const;
  void describe(const MemberRecord& member, signaling::ParticipantState& entry) const;

  MediaContext media_;
  ConferenceLimits limits_;
  MediaWatch watch_;
  Branches branches_;
  EventCounts events_;
  std::map<RoomId, RoomRecord> rooms_;
  std::unordered_map<ParticipantId, std::unique_ptr<MemberRecord>> members_;
  std::unordered_map<transport::ConnectionId, ParticipantId> connections_;
  std::unordered_map<signaling::ClientId, ClientRecord> clients_;
  signaling::ClientId next_client_ = 1;
  unsigned next_shard_ = 0;
  std::deque<QueuedInput> queue_;
  std::vector<RoomId> ended_;  ///< rooms whose Effects ended with EndRoom
  std::vector<ParticipantId>
      touched_;  ///< whose slots or m-lines Effects changed since the last flush
  bool draining_ = false;
  bool closing_ = false;
  Timer ticker_;
};

}  // namespace parley::server
