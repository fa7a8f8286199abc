#include "server/member.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace parley::server {
namespace {

using forwarding::TrackKey;
using transport::ConnectionId;
using transport::Shard;

/// The seat name: tracks of one source group of a publisher share a stream, so that they play in
/// sync.
std::string seat_of(const ParticipantId& publisher, rooms::Source source) {
  const bool screen = source == rooms::Source::Screen || source == rooms::Source::ScreenAudio;
  return publisher.str() + (screen ? "/screen" : "/camera");
}

std::vector<sdp::Candidate> candidates_of(const transport::Transport& transport) {
  std::vector<sdp::Candidate> candidates;
  for (const transport::Candidate& c : transport.candidates())
    candidates.push_back({c.foundation, c.priority, c.address, c.port});
  return candidates;
}

/// SSRCs differ within a process, so that no peer is ever sent one that it sends itself: an odd
/// factor makes the multiplication a permutation of all numbers. It starts at random, as RFC 3550
/// 8.1 asks.
std::uint32_t next_ssrc() {
  constexpr std::uint32_t kOdd = 2654435761U;
  static std::uint32_t counter = g_random_int();
  std::uint32_t ssrc = 0;
  while (ssrc == 0) ssrc = ++counter * kOdd;
  return ssrc;
}

/// Without signaling a peer counts as gone after this long without a check; browsers check every
/// 2.5 s (Chromium) to 6 s (Firefox).
constexpr Duration kLostConsentTimeout = std::chrono::seconds(8);

pipelines::Delivery delivery_of(const rooms::Delivery& how) {
  return {how.paused || how.held, how.layer,
          how.preferred ? forwarding::Priority::High : forwarding::Priority::Normal};
}

bool decodes(const media::Send& send, const std::string& codec) {
  return std::any_of(send.codecs.begin(), send.codecs.end(),
                     [&](const media::Codec& c) { return media::to_string(c.name) == codec; });
}

}  // namespace

Member::Member(ParticipantId id, MediaContext& context, unsigned shard)
    : id_(std::move(id)), context_(&context), shard_(shard), session_(new_session()) {}

Member::~Member() {
  assert(pipeline_ == nullptr && "close_transport() comes first");
}

sdp::MediaSession Member::new_session() const {
  sdp::Options options;
  // RFC 8866 5.2: numeric, and not to be guessed from anything else.
  options.session_id = (std::uint64_t{g_random_int()} << 31) | g_random_int();
  options.data_channel = data_channel_;
  options.next_ssrc = next_ssrc;
  return sdp::MediaSession(std::move(options));
}

transport::ConnectionId Member::connection() const {
  return pipeline_ ? pipeline_->connection() : 0;
}

TrackKey Member::key_of(const TrackId& track) const {
  return pipeline_ ? pipeline_->key_of(track) : 0;
}

std::optional<TrackId> Member::track_of(TrackKey key) const {
  for (const auto& [track, mid] : publications_)
    if (pipeline_ && pipeline_->key_of(track) == key) return track;
  return std::nullopt;
}

Status Member::open_transport(bool data_channel) {
  assert(pipeline_ == nullptr);
  data_channel_ = data_channel;
  session_ = new_session();
  negotiation_.reset();
  local_.reset();
  remote_set_ = false;
  const pipelines::Participant::Options options{data_channel, shard_, context_->base_time};
  pipeline_ = std::make_unique<pipelines::Participant>(id_, options, context_->transport,
                                                       context_->main_loop, context_->observer);
  return pipeline_->start();
}

void Member::close_transport() {
  if (pipeline_ == nullptr) return;
  ++context_->closing;
  // The context outlives the main loop's last task, so the raw pointer is safe here.
  pipeline_->close([context = context_] { --context->closing; });
  pipeline_.reset();
  links_.clear();
  publications_.clear();
}

void Member::open_track(const TrackId& track, rooms::Kind kind, std::optional<std::string> mid) {
  if (pipeline_ == nullptr) return;
  publications_[track] = session_->add_receive(track, kind, std::move(mid));
  pipeline_->add_track(track, kind);
}

void Member::close_track(const TrackId& track) {
  if (pipeline_ == nullptr) return;
  session_->remove_receive(track);
  publications_.erase(track);
  pipeline_->remove_track(track);
}

void Member::link(const Member& publisher, const rooms::Track& track, const rooms::Delivery& how) {
  if (pipeline_ == nullptr || !publisher.has_transport()) return;
  const auto slot = session_->attach(track.id, track.kind, seat_of(publisher.id(), track.source));
  Link& link = links_[track.id];
  link = Link{track, publisher.id(), publisher.connection(), publisher.key_of(track.id), slot.mid,
              how};
  slots_changed_ = true;
  if (!slot.needs_offer) attach(link);
}

void Member::update_link(const TrackId& track, const rooms::Delivery& how) {
  const auto it = links_.find(track);
  if (it == links_.end() || pipeline_ == nullptr) return;
  it->second.how = how;
  pipelines::update_track(context_->transport, shard_, {connection(), it->second.mid},
                          delivery_of(how));
}

void Member::unlink(const TrackId& track) {
  const auto it = links_.find(track);
  if (it == links_.end()) return;
  detach(it->second);
  session_->detach(track);
  links_.erase(it);
  slots_changed_ = true;
}

void Member::set_codec(const TrackId& track, const std::string& codec) {
  if (const auto it = links_.find(track); it != links_.end()) it->second.track.codec = codec;
}

void Member::attach(Link& link) {
  link.linked = true;
  pipelines::link_track(context_->transport, shard_, {connection(), link.mid},
                        {link.publisher_connection, link.key}, delivery_of(link.how));
}

void Member::detach(const Link& link) {
  if (!link.linked || pipeline_ == nullptr) return;
  pipelines::unlink_track(context_->transport, shard_, {connection(), link.mid});
}

// --- negotiation
// ------------------------------------------------------------------------------------

void Member::set_local(const pipelines::LocalParameters& local) {
  local_ = local;
}

sdp::LocalTransport Member::local_transport() const {
  return {local_->ufrag, local_->password, local_->fingerprint, candidates_of(context_->transport)};
}

signaling::Description Member::describe(std::string sdp) {
  return {std::move(sdp), negotiation_.version(), take_slots(), publications()};
}

void Member::offer_everything() {
  offer_all_ = true;
}

bool Member::needs_offer() const {
  return offer_all_ || session_->needs_offer();
}

std::string Member::codec_of(const TrackId& track) const {
  const auto codec = session_->codec_of(track);
  return codec ? std::string(media::to_string(codec->name)) : std::string();
}

std::vector<std::string> Member::layers_of(const TrackId& track) const {
  for (auto& receiving : session_->receiving())
    if (receiving.track == track) return std::move(receiving.media.rids);
  return {};
}

signaling::Description Member::offer() {
  offer_all_ = false;
  return describe(session_->make_offer(local_transport()));
}

signaling::Description Member::answer() {
  return describe(session_->make_answer(local_transport()));
}

Result<sdp::Applied> Member::apply_answer(const std::string& sdp) {
  auto applied = session_->apply_answer(sdp);
  if (applied) set_remote_once(applied->transport);
  return applied;
}

Result<sdp::Applied> Member::apply_offer(const std::string& sdp) {
  auto applied = session_->apply_offer(sdp);
  if (applied) set_remote_once(applied->transport);
  return applied;
}

void Member::set_remote_once(const sdp::RemoteTransport& remote) {
  if (std::exchange(remote_set_, true)) return;
  pipeline_->set_remote({remote.ufrag, remote.password, remote.fingerprints});
}

void Member::apply_negotiated() {
  std::vector<pipelines::Receiving> receiving;
  for (auto& entry : session_->receiving())
    receiving.push_back({std::move(entry.media), pipeline_->key_of(entry.track)});
  const std::vector<media::Send> sending = session_->sending();
  pipelines::apply_negotiated(context_->transport, shard_, connection(), std::move(receiving),
                              sending);
  for (auto& [track, link] : links_) {
    const auto send =
        std::find_if(sending.begin(), sending.end(),
                     [&, &mid = link.mid](const media::Send& s) { return s.mid == mid; });
    if (send != sending.end() && !link.linked) attach(link);
  }
}

std::vector<signaling::PublicationMapping> Member::publications() const {
  std::vector<signaling::PublicationMapping> publications;
  for (const auto& [track, mid] : publications_) publications.push_back({mid, track});
  return publications;
}

std::vector<signaling::SlotMapping> Member::take_slots() {
  slots_changed_ = false;
  std::vector<signaling::SlotMapping> slots;
  for (const auto& [track, link] : links_) slots.push_back({link.mid, link.publisher, track});
  return slots;
}

void Member::expect_soon(bool soon) {
  if (pipeline_ == nullptr) return;
  context_->transport.post(shard_, [id = connection(), soon](Shard& shard) {
    shard.set_consent_timeout(id, soon ? kLostConsentTimeout : transport::kConsentTimeout);
  });
}

std::vector<Link> Member::decodability_changes() {
  std::vector<Link> changes;
  if (!session_) return changes;
  const std::vector<media::Send> sending = session_->sending();
  for (auto& [track, link] : links_) {
    if (link.track.codec.empty()) continue;
    const auto send =
        std::find_if(sending.begin(), sending.end(),
                     [&, &mid = link.mid](const media::Send& s) { return s.mid == mid; });
    if (send == sending.end()) continue;
    const bool undecodable = !decodes(*send, link.track.codec);
    if (undecodable == link.undecodable) continue;
    link.undecodable = undecodable;
    changes.push_back(link);
  }
  return changes;
}

}  // namespace parley::server
