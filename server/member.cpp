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

/// Which links have an m-line where not all can: what is not sent needs none, and a screen is what
/// everybody looks at.
int weight(const Link& link) {
  if (link.how.paused || link.how.held) return 0;
  if (link.how.preferred) return 3;
  return link.track.source == rooms::Source::Screen ? 2 : 1;
}

bool decodes(const media::Send& send, const std::string& codec) {
  return std::any_of(send.codecs.begin(), send.codecs.end(),
                     [&](const media::Codec& c) { return media::to_string(c.name) == codec; });
}

}  // namespace

Member::Member(ParticipantId id, MediaContext& context, const MemberOptions& options)
    : id_(std::move(id)), context_(&context), options_(options), session_(new_session()) {}

Member::~Member() {
  assert(pipeline_ == nullptr && "close_transport() comes first");
}

sdp::MediaSession Member::new_session() const {
  sdp::Options options;
  // RFC 8866 5.2: numeric, and not to be guessed from anything else.
  options.session_id = (std::uint64_t{g_random_int()} << 31) | g_random_int();
  options.data_channel = options_.data_channel;
  options.max_lines = options_.media_lines;
  options.sends = options_.flow != signaling::Flow::Publish;
  options.receives = options_.flow != signaling::Flow::Play;
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

Status Member::open_transport() {
  assert(pipeline_ == nullptr);
  session_ = new_session();
  negotiation_.reset();
  local_.reset();
  remote_set_ = false;
  const pipelines::Participant::Options options{options_.data_channel, options_.shard,
                                                context_->base_time};
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
  Link& link = links_[track.id];
  link = Link{track, publisher.id(), publisher.connection(), publisher.key_of(track.id), {}, how};
  slots_changed_ = true;
  seat(link);
}

/// Gives the link an m-line; where none is left, that of one which counts less. False when it has
/// to wait.
bool Member::seat(Link& link) {
  const rooms::Track& track = link.track;
  const std::string name = seat_of(link.publisher, track.source);
  auto slot = session_->attach(track.id, track.kind, name);
  if (slot.mid.empty()) {
    Link* least = nullptr;
    for (auto& [id, other] : links_)
      if (!other.mid.empty() && other.track.kind == track.kind &&
          (least == nullptr || weight(other) < weight(*least)))
        least = &other;
    if (least == nullptr || weight(*least) >= weight(link)) return false;
    unseat(*least);
    slot = session_->attach(track.id, track.kind, name);
  }
  link.mid = slot.mid;
  slots_changed_ = true;
  if (!slot.needs_offer) attach(link);
  return true;
}

void Member::unseat(Link& link) {
  detach(link);
  session_->detach(link.track.id);
  link.linked = false;
  link.mid.clear();
  slots_changed_ = true;
}

/// After an m-line became free, or a link came to count for more or less.
void Member::seat_waiting() {
  for (const media::Kind kind : {media::Kind::Audio, media::Kind::Video}) {
    Link* next = nullptr;
    do {
      next = nullptr;
      for (auto& [id, link] : links_)
        if (link.mid.empty() && link.track.kind == kind &&
            (next == nullptr || weight(link) > weight(*next)))
          next = &link;
    } while (next != nullptr && seat(*next));
  }
}

void Member::update_link(const TrackId& track, const rooms::Delivery& how) {
  const auto it = links_.find(track);
  if (it == links_.end() || pipeline_ == nullptr) return;
  it->second.how = how;
  if (!it->second.mid.empty())
    pipelines::update_track(context_->transport, options_.shard, {connection(), it->second.mid},
                            delivery_of(how));
  seat_waiting();
}

void Member::unlink(const TrackId& track) {
  const auto it = links_.find(track);
  if (it == links_.end()) return;
  unseat(it->second);
  links_.erase(it);
  seat_waiting();
}

void Member::set_codec(const TrackId& track, const std::string& codec) {
  if (const auto it = links_.find(track); it != links_.end()) it->second.track.codec = codec;
}

void Member::attach(Link& link) {
  link.linked = true;
  pipelines::link_track(context_->transport, options_.shard, {connection(), link.mid},
                        {link.publisher_connection, link.key}, delivery_of(link.how));
}

void Member::detach(const Link& link) {
  if (!link.linked || pipeline_ == nullptr) return;
  pipelines::unlink_track(context_->transport, options_.shard, {connection(), link.mid});
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
  pipelines::apply_negotiated(context_->transport, options_.shard, connection(),
                              std::move(receiving), sending);
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
  for (const auto& [track, link] : links_)
    if (!link.mid.empty()) slots.push_back({link.mid, link.publisher, track});
  return slots;
}

void Member::expect_soon(bool soon) {
  if (pipeline_ == nullptr) return;
  context_->transport.post(options_.shard, [id = connection(), soon](Shard& shard) {
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
