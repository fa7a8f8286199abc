#include "server/member.hpp"

#include <algorithm>
#include <utility>

namespace parley::server {
namespace {

using forwarding::TrackKey;
using transport::ConnectionId;

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

std::string seat_of(const ParticipantId& publisher, rooms::Source source) {
  const bool screen = source == rooms::Source::Screen || source == rooms::Source::ScreenAudio;
  return publisher.str() + (screen ? "/screen" : "/camera");
}

Member::Member(ParticipantId id, MediaContext& context, const MemberOptions& options)
    : id_(std::move(id)), context_(&context), options_(options) {
  legs_.reserve(2);
  legs_.emplace_back(context);
  if (options.notation == signaling::Notation::Ortc) legs_.emplace_back(context);
  reset_media();
}

void Member::reset_media() {
  sdp_ = nullptr;
  ortc_ = nullptr;
  negotiation_.reset();
  if (options_.notation == signaling::Notation::Ortc) {
    auto session = std::make_unique<sdp::OrtcSession>(sdp::OrtcSession::Options{
        .policy = {}, .max_consumers = options_.media_lines, .next_ssrc = next_ssrc});
    ortc_ = session.get();
    description_ = std::move(session);
    return;
  }
  sdp::Options options;
  // RFC 8866 5.2: numeric, and not to be guessed from anything else.
  options.session_id = (std::uint64_t{g_random_int()} << 31) | g_random_int();
  options.data_channel = options_.data_channel;
  options.max_lines = options_.media_lines;
  options.sends = options_.flow != signaling::Flow::Publish;
  options.receives = options_.flow != signaling::Flow::Play;
  options.next_ssrc = next_ssrc;
  auto session = std::make_unique<sdp::MediaSession>(std::move(options));
  sdp_ = session.get();
  description_ = std::move(session);
}

Leg* Member::find_leg(ConnectionId connection) {
  for (Leg& leg : legs_)
    if (leg.is_open() && leg.connection() == connection) return &leg;
  return nullptr;
}

Status Member::open_leg(Leg& leg) {
  const bool only_sends = &leg != &receiving();
  return leg.open(only_sends ? id_.str() + "-sending" : id_.str(), options_.shard,
                  options_.data_channel);
}

void Member::close_leg(Leg& leg) {
  leg.close();
  if (&leg == &sending()) links_.clear();
  if (&leg == &receiving()) publications_.clear();
}

TrackKey Member::key_of(const TrackId& track) const {
  return receiving().is_open() ? receiving().pipeline()->key_of(track) : 0;
}

std::optional<TrackId> Member::track_of(TrackKey key) const {
  for (const auto& [track, mid] : publications_)
    if (key_of(track) == key) return track;
  return std::nullopt;
}

void Member::open_track(const TrackId& track, rooms::Kind kind, std::optional<std::string> mid) {
  if (!receiving().is_open()) return;
  publications_[track] = description_->add_receive(track, kind, std::move(mid));
  receiving().pipeline()->add_track(track, kind);
}

void Member::close_track(const TrackId& track) {
  if (!receiving().is_open()) return;
  const std::string ended = description_->remove_receive(track);
  if (!ended.empty())
    pipelines::end_receiving(context_->transport, options_.shard, receiving().connection(), ended);
  publications_.erase(track);
  receiving().pipeline()->remove_track(track);
}

void Member::link(const Member& publisher, const rooms::Track& track, const rooms::Delivery& how) {
  if (!sending().is_open() || !publisher.receiving().is_open()) return;
  Link& link = links_[track.id];
  link = Link{
      track, publisher.id(), publisher.receiving().connection(), publisher.key_of(track.id), {},
      how};
  slots_changed_ = true;
  seat(link);
}

/// Gives the link an m-line; where none is left, that of one which counts less. False when it has
/// to wait.
bool Member::seat(Link& link) {
  const rooms::Track& track = link.track;
  const std::string name = seat_of(link.publisher, track.source);
  auto slot = description_->attach(track.id, track.kind, name);
  if (slot.mid.empty()) {
    Link* least = nullptr;
    for (auto& [id, other] : links_)
      if (!other.mid.empty() && other.track.kind == track.kind &&
          (least == nullptr || weight(other) < weight(*least)))
        least = &other;
    if (least == nullptr || weight(*least) >= weight(link)) return false;
    unseat(*least);
    slot = description_->attach(track.id, track.kind, name);
  }
  link.mid = slot.mid;
  slots_changed_ = true;
  if (!slot.needs_offer) attach(link);
  return true;
}

void Member::unseat(Link& link) {
  detach(link);
  description_->detach(link.track.id);
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
  if (it == links_.end() || !sending().is_open()) return;
  it->second.how = how;
  if (!it->second.mid.empty())
    pipelines::update_track(context_->transport, options_.shard, slot_of(it->second.mid),
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
  pipelines::link_track(context_->transport, options_.shard, slot_of(link.mid),
                        {link.publisher_connection, link.key}, delivery_of(link.how));
}

void Member::detach(const Link& link) {
  if (!link.linked || !sending().is_open()) return;
  pipelines::unlink_track(context_->transport, options_.shard, slot_of(link.mid));
}

pipelines::Slot Member::slot_of(const std::string& mid) const {
  return {sending().connection(), mid};
}

// --- what is described
// ------------------------------------------------------------------------------------

std::string Member::codec_of(const TrackId& track) const {
  const auto codec = description_->codec_of(track);
  return codec ? std::string(media::to_string(codec->name)) : std::string();
}

std::vector<std::string> Member::layers_of(const TrackId& track) const {
  for (auto& receiving : description_->receiving())
    if (receiving.track == track) return std::move(receiving.media.rids);
  return {};
}

void Member::apply_negotiated() {
  std::vector<pipelines::Receiving> received;
  for (auto& entry : description_->receiving())
    received.push_back({std::move(entry.media), key_of(entry.track)});
  const std::vector<media::Send> sent = description_->sending();
  for (Leg& leg : legs_) {
    if (!leg.is_open()) continue;
    pipelines::apply_negotiated(context_->transport, options_.shard, leg.connection(),
                                &leg == &receiving() ? received : decltype(received){},
                                &leg == &sending() ? sent : decltype(sent){});
  }
  for (auto& [track, link] : links_) {
    const auto send =
        std::find_if(sent.begin(), sent.end(),
                     [&, &mid = link.mid](const media::Send& s) { return s.mid == mid; });
    if (send != sent.end() && !link.linked) attach(link);
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

std::vector<Link> Member::decodability_changes() {
  std::vector<Link> changes;
  const std::vector<media::Send> sending = description_->sending();
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
