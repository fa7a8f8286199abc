#include "server/conference.hpp"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "server/effects.hpp"
#include "server/requests.hpp"
#include "signaling/http/paths.hpp"

namespace parley::server {

using rooms::Negotiation;

Error no_such_room(const RoomId& room) {
  return {"room_not_found", "There is no room '" + room.str() + "' just now."};
}

Conference::Conference(transport::Transport& transport, MainLoop& main_loop, GstClockTime base_time,
                       ConferenceLimits limits)
    : media_{transport, main_loop, *this, base_time},
      limits_(std::move(limits)),
      watch_(transport, main_loop),
      branches_(limits_.branches, *this, transport, main_loop, base_time),
      ticker_(Timer::every(std::chrono::seconds(1), [this] { tick(); })) {}

Conference::~Conference() = default;

// --- rooms and Inputs
// -------------------------------------------------------------------------------

void Conference::submit(const RoomId& room, rooms::Input input, signaling::ClientId client) {
  queue_.push_back({room, std::move(input), client});
  if (!draining_) drain();
}

void Conference::drain() {
  draining_ = true;
  while (!queue_.empty()) {
    const QueuedInput next = std::move(queue_.front());
    queue_.pop_front();
    const auto room = rooms_.find(next.room);
    if (room == rooms_.end()) continue;
    for (const rooms::Effect& effect : room->second.room.apply(next.input, now()))
      std::visit(Effects{*this, next}, effect);
    for (const RoomId& ended : std::exchange(ended_, {})) {
      branches_.end_room(ended);
      rooms_.erase(ended);
    }
    if (!branches_.empty())
      branches_.update(next.room, std::holds_alternative<rooms::TrackAppeared>(next.input));
  }
  draining_ = false;
  for (const ParticipantId& participant : std::exchange(touched_, {}))
    if (MemberRecord* member = find_member(participant)) flush(*member);
}

void Conference::touch(const ParticipantId& participant) {
  if (std::find(touched_.begin(), touched_.end(), participant) == touched_.end())
    touched_.push_back(participant);
}

void Conference::tick() {
  std::vector<RoomId> ids;
  for (const auto& [id, record] : rooms_) ids.push_back(id);
  for (const RoomId& id : ids) submit(id, rooms::Tick{});
  std::vector<ParticipantId> failed;
  for (const auto& [id, member] : members_)
    if (client_of(*member) != nullptr && member->media.negotiation().failed(now()))
      failed.push_back(id);
  for (const ParticipantId& id : failed)
    if (const MemberRecord* member = find_member(id))
      transport_lost(member->media.receiving().connection(), "negotiation_failed");
}

Result<Conference::RoomRecord*> Conference::room_for_join(const RoomId& id) {
  if (const auto it = rooms_.find(id); it != rooms_.end()) return &it->second;
  if (!signaling::http::is_room_id(id.str()))
    return Error{"invalid_field", "room: 1 to 64 of A-Z a-z 0-9 _ -, and no reserved word."};
  if (rooms_.size() >= limits_.rooms)
    return Error{"room_limit", "This server holds no more rooms just now; try again later."};
  const unsigned shard = next_shard_++ % media_.transport.shard_count();
  return &rooms_.try_emplace(id, id, limits_, shard).first->second;
}

// --- clients
// ----------------------------------------------------------------------------------------

signaling::ClientId Conference::connected(std::weak_ptr<signaling::Client> client) {
  const signaling::ClientId id = next_client_++;
  clients_[id].client = std::move(client);
  return id;
}

void Conference::disconnected(signaling::ClientId client, bool clean) {
  const auto node = clients_.extract(client);
  if (!node) return;
  MemberRecord* member = find_member(node.mapped().participant);
  if (member == nullptr || member->client != client) return;
  silence(*member);
  const ParticipantId id = member->media.id();
  if (clean) {
    submit(member->room, rooms::Leave{0, id});
  } else {
    for (const Leg& leg : member->media.legs()) leg.expect_soon(true);
    submit(member->room, rooms::SignalingLost{id});
  }
}

void Conference::silence(MemberRecord& member) {
  member.client = 0;
  member.held_offer.reset();
  member.media.negotiation().signaling_lost();
}

void Conference::part(MemberRecord& member, std::string_view reason) {
  const auto it = clients_.find(member.client);
  silence(member);
  if (it == clients_.end()) return;
  it->second.participant = ParticipantId();
  if (const auto client = it->second.client.lock()) client->close(reason);
}

void Conference::request(signaling::ClientId client, signaling::RequestId request,
                         signaling::Request what) {
  if (!clients_.contains(client)) return;
  const Requests handler{*this, client, request};
  std::visit(handler, what);
}

Conference::MemberRecord* Conference::find_member(const ParticipantId& id) const {
  const auto it = members_.find(id);
  return it == members_.end() ? nullptr : it->second.get();
}

Conference::MemberRecord* Conference::find_member(transport::ConnectionId connection) const {
  const auto it = connections_.find(connection);
  return it == connections_.end() ? nullptr : find_member(it->second);
}

std::shared_ptr<signaling::Client> Conference::find_client(signaling::ClientId id) const {
  const auto it = clients_.find(id);
  return it == clients_.end() ? nullptr : it->second.client.lock();
}

std::shared_ptr<signaling::Client> Conference::client_of(const MemberRecord& member) const {
  return find_client(member.client);
}

// --- negotiation
// ------------------------------------------------------------------------------------

void Conference::flush(MemberRecord& member) {
  Member& media = member.media;
  const auto client = client_of(member);
  end_stale_consumers(member);
  if (client == nullptr || !media.can_describe()) return;
  Negotiation& negotiation = media.negotiation();
  auto action = negotiation.signaling_back(now());
  if (action == Negotiation::Action::None && media.needs_offer())
    action = negotiation.changed(now());
  if (action == Negotiation::Action::SendOffer)
    client->offer(media.offer());
  else if (media.slots_changed())
    client->slots(media.take_slots());
}

void Conference::take_answer(MemberRecord& member, signaling::RequestId request,
                             const signaling::AnswerRequest& answer) {
  const ParticipantId id = member.media.id();
  Negotiation& negotiation = member.media.negotiation();
  const auto client = client_of(member);
  if (negotiation.answer_received(answer.version, now()) != Negotiation::Action::TakeAnswer)
    return client->answer(
        request, Error{"unexpected_answer", "version: this offer is not waiting for an answer."});
  auto applied = member.media.apply_answer(answer.sdp);
  if (!applied) {
    client->answer(request, applied.error());
    if (negotiation.answer_failed(now()) == Negotiation::Action::SendOffer)
      client->offer(member.media.offer());
    return;
  }
  client->answer(request, rooms::Reply{rooms::reply::Done{}});
  const auto next = negotiation.answer_applied(now());
  announce(member, *applied);
  MemberRecord* still = find_member(id);
  if (still != nullptr && next == Negotiation::Action::SendOffer)
    client->offer(still->media.offer());
}

void Conference::take_offer(MemberRecord& member, HeldOffer offer) {
  if (member.media.negotiation().offer_received(now()) != Negotiation::Action::TakeOffer) {
    const auto client = client_of(member);
    return client->answer(
        offer.request, Error{"offer_collision",
                             "The server's offer goes first: roll back, answer it, offer again."});
  }
  if (member.media.can_describe()) return answer_offer(member, offer);
  member.held_offer = std::move(offer);
}

void Conference::answer_offer(MemberRecord& member, const HeldOffer& offer) {
  const ParticipantId id = member.media.id();
  const auto client = client_of(member);
  if (client == nullptr) return;
  auto applied = member.media.apply_offer(offer.sdp);
  if (!applied) {
    client->answer(offer.request, applied.error());
  } else {
    publish_incoming(member, applied->incoming);
    client->description_answer(offer.request, member.media.answer());
    for (const auto& publication : member.media.publications())
      for (const sdp::IncomingMedia& media : applied->incoming)
        if (publication.mid == media.mid) applied->accepted.push_back(publication.track);
    announce(member, *applied);
  }
  MemberRecord* still = find_member(id);
  if (still != nullptr &&
      still->media.negotiation().answer_sent(now()) == Negotiation::Action::SendOffer)
    client->offer(still->media.offer());
}

void Conference::publish_incoming(MemberRecord& member,
                                  const std::vector<sdp::IncomingMedia>& incoming) {
  const ParticipantId id = member.media.id();
  for (const sdp::IncomingMedia& media : incoming) {
    const auto publications = member.media.publications();
    const bool known = std::any_of(publications.begin(), publications.end(),
                                   [&](const auto& p) { return p.mid == media.mid; });
    if (known) continue;
    const bool video = media.kind == rooms::Kind::Video;
    const TrackId track(random_token(12));
    member.mids[track] = media.mid;
    submit(member.room,
           rooms::Publish{0, id, track, video ? rooms::Source::Camera : rooms::Source::Microphone});
  }
}

void Conference::announce(MemberRecord& member, const sdp::Applied& applied) {
  const ParticipantId id = member.media.id();
  const RoomId room = member.room;
  member.media.apply_negotiated();
  std::vector<rooms::Input> inputs;
  for (const TrackId& track : applied.accepted)
    inputs.push_back(rooms::TrackAppeared{id, track, member.media.codec_of(track),
                                          member.media.layers_of(track)});
  for (const TrackId& track : applied.refused) inputs.push_back(rooms::TrackRefused{id, track});
  for (rooms::Input& input : inputs) submit(room, std::move(input));
  if (MemberRecord* still = find_member(id)) report_decodability(*still);
}

void Conference::report_decodability(MemberRecord& member) {
  const ParticipantId id = member.media.id();
  const RoomId room = member.room;
  for (const Link& link : member.media.decodability_changes())
    submit(room, rooms::Undecodable{id, link.track.id, link.undecodable});
}

// --- facts from pipelines and transport
// -------------------------------------------------------------

void Conference::on_local_parameters(transport::ConnectionId connection,
                                     const pipelines::LocalParameters& local) {
  MemberRecord* member = find_member(connection);
  Leg* leg = member != nullptr ? member->media.find_leg(connection) : nullptr;
  if (leg == nullptr) return;
  leg->set_local(local);
  const auto asked = member->opening.extract(connection);
  if (asked.empty()) return begin_negotiation(*member);
  if (const auto client = client_of(*member))
    client->transport_opened(asked.mapped(), leg->local_transport());
}

void Conference::begin_negotiation(MemberRecord& member) {
  Negotiation& negotiation = member.media.negotiation();
  const auto client = client_of(member);
  // Before transport_ready() this offers nothing; it only says that there is somebody to offer to.
  if (client != nullptr) (void)negotiation.signaling_back(now());
  const auto action = negotiation.transport_ready(now());
  if (const auto held = std::exchange(member.held_offer, std::nullopt))
    return answer_offer(member, *held);
  if (action == Negotiation::Action::SendOffer && client != nullptr)
    client->offer(member.media.offer());
}

void Conference::on_secure(transport::ConnectionId connection) {
  if (MemberRecord* member = find_member(connection)) member->connection = "connected";
}

void Conference::on_data(transport::ConnectionId connection,
                         const pipelines::DataMessage& message) {
  const MemberRecord* sender = find_member(connection);
  if (sender == nullptr) return;
  const auto room = rooms_.find(sender->room);
  if (room == rooms_.end()) return;
  for (const rooms::Participant& participant : room->second.room.participants()) {
    const MemberRecord* member =
        participant.id == sender->media.id() ? nullptr : find_member(participant.id);
    if (member != nullptr && member->media.sending().is_open())
      member->media.sending().pipeline()->send_data(message);
  }
}

void Conference::on_failed(transport::ConnectionId connection, std::string_view reason) {
  transport_lost(connection, reason);
}

void Conference::on_lost(transport::ConnectionId connection, transport::Lost lost) {
  if (lost == transport::Lost::ConsentExpired) transport_lost(connection, "consent_expired");
}

/// A peer that closes its connection, as every tab does, is no failure to wake an operator for.
void Conference::transport_lost(transport::ConnectionId connection, std::string_view reason) {
  MemberRecord* member = find_member(connection);
  if (member == nullptr) return;
  const auto level = reason == "peer_closed" ? spdlog::level::info : spdlog::level::warn;
  spdlog::log(level, "{}: transport lost: {}", member->media.id().str(), reason);
  ++events_.transport_failures[std::string(reason)];
  Leg* leg = member->media.find_leg(connection);
  if (leg != nullptr && member->media.opens_legs_itself()) return end_leg(*member, *leg);
  submit(member->room, rooms::TransportLost{member->media.id(), std::string(reason)});
}

void Conference::on_codec(transport::ConnectionId connection, forwarding::TrackKey key,
                          media::CodecName codec) {
  const MemberRecord* publisher = find_member(connection);
  if (publisher == nullptr) return;
  const auto track = publisher->media.track_of(key);
  const auto room = rooms_.find(publisher->room);
  if (!track || room == rooms_.end()) return;
  const ParticipantId id = publisher->media.id();
  const std::string name(media::to_string(codec));
  const auto participants = room->second.room.participants();
  submit(publisher->room,
         rooms::TrackAppeared{id, *track, name, publisher->media.layers_of(*track)});
  for (const rooms::Participant& participant : participants) {
    MemberRecord* member = find_member(participant.id);
    if (member == nullptr) continue;
    member->media.set_codec(*track, name);
    report_decodability(*member);
  }
}

void Conference::on_speaking(transport::ConnectionId connection, forwarding::TrackKey key,
                             const forwarding::Speech& speech) {
  const MemberRecord* member = find_member(connection);
  if (member == nullptr) return;
  if (const auto track = member->media.track_of(key))
    submit(member->room,
           rooms::Speaking{member->media.id(), *track, speech.speaking, speech.duty, speech.level});
}

// --- what operators do
// ------------------------------------------------------------------------------

Result<RoomId> Conference::create_room(const RoomId& wanted,
                                       const rooms::SettingsChange& settings) {
  const RoomId id = wanted.empty() ? RoomId(random_token(8)) : wanted;
  if (rooms_.contains(id))
    return Error{"room_exists", "id: room '" + id.str() + "' exists; pick another id."};
  const auto record = room_for_join(id);
  if (!record) return record.error();
  (*record)->room.keep_for_first_join();
  submit(id, rooms::Configure{settings});
  return id;
}

Status Conference::change_room(const RoomId& room, const rooms::SettingsChange& change) {
  if (!rooms_.contains(room)) return no_such_room(room);
  submit(room, rooms::Configure{change});
  return Nothing{};
}

Status Conference::close_room(const RoomId& room) {
  if (!rooms_.contains(room)) return no_such_room(room);
  submit(room, rooms::Close{});
  return Nothing{};
}

Status Conference::remove_participant(const RoomId& room, const ParticipantId& participant) {
  if (!rooms_.contains(room)) return no_such_room(room);
  const MemberRecord* member = find_member(participant);
  if (member == nullptr || member->room != room)
    return Error{"participant_not_found",
                 "There is no participant '" + participant.str() + "' in this room."};
  submit(room, rooms::Remove{0, participant});
  return Nothing{};
}

void Conference::close(std::function<void()> done) {
  closing_ = true;
  std::vector<RoomId> ids;
  for (const auto& [id, record] : rooms_) ids.push_back(id);
  for (const RoomId& id : ids) submit(id, rooms::Close{});
  ticker_ = Timer::every(std::chrono::milliseconds(10), [this, done = std::move(done)] {
    if (media_.closing > 0 || !branches_.empty()) return;
    ticker_.stop();
    done();
  });
}

}  // namespace parley::server
