#include "signaling/sdp/media_session.hpp"

#include <algorithm>
#include <utility>

#include "signaling/sdp/answer.hpp"
#include "signaling/sdp/line_writer.hpp"
#include "signaling/sdp/offer.hpp"
#include "signaling/sdp/seating.hpp"
#include "signaling/sdp/session_state.hpp"

namespace parley::sdp {
namespace {

Line::Kind line_kind(media::Kind kind) {
  return kind == media::Kind::Audio ? Line::Kind::Audio : Line::Kind::Video;
}

std::vector<media::Codec> codecs_of(const Line& line) {
  std::vector<media::Codec> codecs;
  for (const OfferedCodec& offered : line.peer.codecs) codecs.push_back(offered.codec);
  return codecs;
}

/// Those for packets that flow one way: `excluded` is the peer's direction for the other way alone.
media::ExtensionMap extensions_of(const Line& line, std::string_view excluded) {
  media::ExtensionMap map;
  for (const OfferedExtension& offered : line.peer.extensions)
    if (offered.direction != excluded) map.set(offered.extension, offered.id);
  return map;
}

bool any_feedback(const Line& line, bool Feedback::*kind) {
  return std::any_of(line.peer.codecs.begin(), line.peer.codecs.end(),
                     [&](const OfferedCodec& codec) { return codec.feedback.*kind; });
}

bool transport_cc(const Line& line, const media::ExtensionMap& extensions) {
  return any_feedback(line, &Feedback::transport_cc) &&
         extensions.id(media::Extension::TransportCc) != 0;
}

/// Of an m-line that we offered, everything the offer listed, the answer's choice first. An offerer
/// may stop listening for what the answer left out (RFC 3264 7), but an answering Chromium goes by
/// the offer: it sends the codec named first there, with its RTX, whatever its answer says.
std::vector<media::Codec> received_codecs(const State& state, const Line& line) {
  std::vector<media::Codec> codecs = codecs_of(line);
  if (!line.answered) return codecs;
  for (const OfferedCodec& offered : state.offered_codecs(line)) {
    const auto chosen = std::find_if(codecs.begin(), codecs.end(), [&](const media::Codec& codec) {
      return codec.payload_type == offered.codec.payload_type;
    });
    if (chosen == codecs.end())
      codecs.push_back(offered.codec);
    else if (!chosen->rtx_payload_type)
      chosen->rtx_payload_type = offered.codec.rtx_payload_type;
  }
  return codecs;
}

media::Receive receive_of(const State& state, const Line& line) {
  media::Receive receive;
  receive.mid = line.mid;
  receive.kind = line.media_kind();
  receive.codecs = received_codecs(state, line);
  receive.extensions = extensions_of(line, "recvonly");
  receive.ssrcs = line.peer.ssrcs;
  receive.rtx = line.peer.rtx;
  for (const OfferedLayer& layer : line.peer.layers) receive.rids.push_back(layer.rid);
  receive.transport_cc = transport_cc(line, receive.extensions);
  receive.remb = any_feedback(line, &Feedback::remb);
  return receive;
}

media::Send send_of(const Line& line, const std::string& cname) {
  media::Send send;
  send.mid = line.mid;
  send.kind = line.media_kind();
  if (line.peer.receives) send.codecs = codecs_of(line);
  send.extensions = extensions_of(line, "sendonly");
  // What comes with a keyframe is too long for a one-byte header (RFC 8285 4.2).
  if (!line.peer.mixed_extensions) send.extensions.set(media::Extension::DependencyDescriptor, 0);
  send.ssrc = line.slot->ssrc;
  const bool rtx =
      std::any_of(send.codecs.begin(), send.codecs.end(),
                  [](const media::Codec& codec) { return codec.rtx_payload_type.has_value(); });
  send.rtx_ssrc = rtx ? line.slot->rtx_ssrc : 0;
  send.cname = cname;
  send.nack = any_feedback(line, &Feedback::nack);
  send.transport_cc = transport_cc(line, send.extensions);
  return send;
}

/// A description has at least one m-line that can carry the transport: the data channel's if there
/// is one, else one that waits for a publication.
void plan_first_lines(State& state) {
  const bool has_data = std::any_of(state.lines.begin(), state.lines.end(),
                                    [](const Line& line) { return line.kind == Line::Kind::Data; });
  if (state.options.data_channel && !has_data && !state.data_refused) {
    (void)state.plan(Line::Kind::Data);
    // In the first offer it leads, so that no later one moves the transport to another m-line.
    if (state.agreed == 0 && state.placed == 0)
      std::rotate(state.lines.begin(), state.lines.end() - 1, state.lines.end());
  }
  if (state.lines.empty()) (void)state.plan(Line::Kind::Audio);
}

}  // namespace

struct MediaSession::Impl {
  State state;
};

MediaSession::MediaSession(Options options) : impl_(new Impl{State(std::move(options))}) {}
MediaSession::~MediaSession() = default;
MediaSession::MediaSession(MediaSession&&) noexcept = default;
MediaSession& MediaSession::operator=(MediaSession&&) noexcept = default;

std::string MediaSession::add_receive(const TrackId& track, media::Kind kind,
                                      std::optional<std::string> mid) {
  State& state = impl_->state;
  if (const Line* line = state.find_published(track)) return line->mid;
  Line* given = mid ? state.find_mid(*mid) : nullptr;
  if (given != nullptr && given->is_media() && given->media_kind() == kind &&
      given->track.empty()) {
    given->track = track;
    given->bound_to_offer = true;
    return given->mid;
  }
  const auto free = std::find_if(state.lines.begin(), state.lines.end(), [&](const Line& line) {
    return line.ours && line.kind == line_kind(kind) && !line.slot && line.track.empty();
  });
  Line& line = free != state.lines.end() ? *free : state.plan(line_kind(kind));
  line.track = track;
  return line.mid;
}

std::string MediaSession::remove_receive(const TrackId& track) {
  Line* line = impl_->state.find_published(track);
  if (line == nullptr) return {};
  line->track = TrackId();
  line->bound_to_offer = false;
  line->verdict = Verdict::Unknown;
  if (line->told) line->told->track = TrackId();  // the same track again has to be offered again
  if (!line->told && !line->agreed) impl_->state.forget(*line);
  return {};
}

MediaSession::Slot MediaSession::attach(const TrackId& track, media::Kind kind,
                                        std::string_view seat) {
  Line* line = impl_->state.find_subscribed(track);
  if (line == nullptr) line = seat_track(impl_->state, track, kind, seat);
  if (line == nullptr) return {};
  return {line->mid, !line->negotiated()};
}

void MediaSession::detach(const TrackId& track) {
  Line* line = impl_->state.find_subscribed(track);
  if (line == nullptr) return;
  line->slot->track = TrackId();
  if (!line->told && !line->agreed) impl_->state.forget(*line);
}

std::optional<std::string> MediaSession::slot_of(const TrackId& track) const {
  const Line* line = impl_->state.find_subscribed(track);
  return line ? std::optional(line->mid) : std::nullopt;
}

bool MediaSession::needs_offer() const {
  const State& state = impl_->state;
  const auto is_new = [](const Line& line) {
    return line.kind != Line::Kind::Dead && line.told != line.terms();
  };
  const bool has_data = std::any_of(state.lines.begin(), state.lines.end(),
                                    [](const Line& line) { return line.kind == Line::Kind::Data; });
  return state.lines.empty() || (state.options.data_channel && !has_data && !state.data_refused) ||
         std::any_of(state.lines.begin(), state.lines.end(), is_new);
}

std::string MediaSession::make_offer(const LocalTransport& local) {
  State& state = impl_->state;
  plan_first_lines(state);
  state.place_planned();
  for (Line& line : state.lines)
    if (line.kind != Line::Kind::Dead) line.told = line.terms();
  state.offered = true;
  ++state.version;
  return write_session(state, local, Role::Offer);
}

Result<Applied> MediaSession::apply_answer(std::string_view sdp) {
  auto answer = parse_description(sdp);
  if (!answer) return answer.error();
  State next = impl_->state;
  auto applied = take_answer(next, *answer);
  if (applied) impl_->state = std::move(next);
  return applied;
}

Result<Applied> MediaSession::apply_offer(std::string_view sdp) {
  auto offer = parse_description(sdp);
  if (!offer) return offer.error();
  State next = impl_->state;
  auto applied = take_offer(next, *offer);
  if (applied) impl_->state = std::move(next);
  return applied;
}

std::string MediaSession::make_answer(const LocalTransport& local) {
  State& state = impl_->state;
  settle_answer(state);
  ++state.version;
  return write_session(state, local, Role::Answer);
}

std::vector<MediaSession::Receiving> MediaSession::receiving() const {
  std::vector<Receiving> receiving;
  for (const Line& line : impl_->state.lines)
    if (line.is_media() && line.verdict == Verdict::Accepted && !line.track.empty())
      receiving.push_back({line.track, receive_of(impl_->state, line)});
  return receiving;
}

std::vector<media::Send> MediaSession::sending() const {
  std::vector<media::Send> sending;
  for (const Line& line : impl_->state.lines)
    if (line.slot && line.negotiated())
      sending.push_back(send_of(line, impl_->state.seats[line.slot->seat].stream));
  return sending;
}

std::optional<media::Codec> MediaSession::codec_of(const TrackId& track) const {
  const Line* line = impl_->state.find_published(track);
  if (line == nullptr || line->verdict != Verdict::Accepted) return std::nullopt;
  return line->peer.codecs.front().codec;
}

}  // namespace parley::sdp
