#include "forwarding/send_stream.hpp"

#include <algorithm>
#include <utility>

#include "forwarding/codec_match.hpp"
#include "forwarding/ntp.hpp"
#include "forwarding/receive_stream.hpp"
#include "forwarding/red.hpp"

namespace parley::forwarding {
namespace {

// Where numbers begin need not be secret (SRTP is on top), but no two streams should be alike.
constexpr std::uint32_t scatter(std::uint32_t ssrc) {
  return ssrc * 2654435761U;
}

// Below 2^15, so that the receiver sees no wrap before SRTP's rollover counter is in step
// (RFC 3711 3.3.1).
constexpr std::uint16_t first_sequence(std::uint32_t ssrc) {
  return static_cast<std::uint16_t>(scatter(ssrc) >> 17);
}

// Between the last packet of one source and the first of the next lies at least the sound that
// the last one holds, or any step for a picture.
constexpr Duration kPacketOfSound = std::chrono::milliseconds(20);
constexpr Duration kAnyStep = std::chrono::milliseconds(1);
// Sound of a new source is left out for at most this long while it would overlap the old one's.
constexpr Duration kMaxOverlap = std::chrono::milliseconds(500);

}  // namespace

SendStream::SendStream(Egress& egress, congestion::SendHistory& history, media::Send description)
    : egress_(egress),
      history_(history),
      description_(std::move(description)),
      sequence_(first_sequence(description_.ssrc)),
      frame_numbers_(first_sequence(description_.ssrc + 2)),
      newest_timestamp_(scatter(description_.ssrc + 1)),
      rtx_sequence_(first_sequence(description_.rtx_ssrc)) {}

SendStream::~SendStream() {
  detach();
}

// --- what is carried ---

void SendStream::attach(Track& track, Time now) {
  if (track_ == &track) return;
  detach();
  track_ = &track;
  track.subscribe(*this);
  on_description();
  restart(now);
}

void SendStream::detach() {
  if (track_ != nullptr) {
    stop_listening();
    track_->unsubscribe(*this);
  }
  track_gone();
}

void SendStream::track_gone() {
  track_ = nullptr;
  flowing_ = false;
  segment_ = 0;
  layer_ = wanted_ = kNone;
  listening_ = 0;
  line_lag_ = 0;
  codec_.reset();
}

void SendStream::set_paused(bool paused, Time now) {
  if (paused_ == paused) return;
  paused_ = paused;
  restart(now);
}

void SendStream::set_description(media::Send description) {
  description_ = std::move(description);
  update_payload_types();
}

void SendStream::update_payload_types() {
  payload_types_.fill({});
  if (track_ == nullptr) return;
  for (const media::Codec& sent : track_->codecs_) {
    const media::Codec* codec = find_compatible(description_.codecs, sent);
    if (codec == nullptr) continue;
    payload_types_[sent.payload_type & 0x7f] = {codec->payload_type,
                                                codec->rtx_payload_type.value_or(kNone)};
  }
  for (const media::Codec& sent : track_->codecs_) {
    PayloadTypes& types = payload_types_[sent.payload_type & 0x7f];
    if (sent.name != media::CodecName::Red || types.media != kNone) continue;
    // What is in it is Opus; RED has no video in a browser.
    const auto opus = std::find_if(
        description_.codecs.begin(), description_.codecs.end(),
        [](const media::Codec& codec) { return codec.name == media::CodecName::Opus; });
    if (opus != description_.codecs.end()) types = {opus->payload_type, kNone, true};
  }
}

void SendStream::restart(Time now) {
  flowing_ = false;
  if (track_ == nullptr) return;
  choose_layer();
  ask_for_keyframe(now);
}

void SendStream::ask_for_keyframe(Time now) {
  if (track_ != nullptr && wanted_ != kNone && egress_.ready())
    track_->request_keyframe(track_->layer(wanted_), now);
}

SendState SendStream::state() const {
  if (track_ == nullptr) return SendState::Empty;
  if (paused_) return SendState::Paused;
  if (!target_) return SendState::Starved;
  if (track_->codec() && payload_types_[track_->payload_type_].media == kNone)
    return SendState::CodecUnsupported;
  return flowing_ ? SendState::Flowing : SendState::Waiting;
}

// --- packets ---

void SendStream::forward(const MediaPacket& packet, Time now) {
  const bool takes = payload_types_[packet.rtp.payload_type].media != kNone && egress_.ready();
  if (takes && can_continue(packet)) return deliver(packet, now);
  if (packet.layer == layer_) flowing_ = false;
  if (!takes || packet.layer != wanted_) return;
  // What flows goes on until the wanted layer has a keyframe.
  if (!packet.descriptor.starts_keyframe) return track_->keep_asking(wanted_, now);
  if (!start(packet)) return;
  deliver(packet, now);
  catch_up(packet, now);
}

void SendStream::deliver(const MediaPacket& packet, Time now) {
  if (packet.rtp.payload.empty()) return leave_out(packet, now);
  const auto verdict = filter_.judge(packet);
  if (verdict == LayerFilter::Verdict::NeedsKeyframe) track_->keep_asking(layer_, now);
  if (verdict != LayerFilter::Verdict::Pass) return leave_out(packet, now);
  const auto sequence = sequence_.map(packet.sequence);
  if (!sequence) return;
  const std::int64_t timestamp = packet.timestamp + timestamp_offset_;
  const std::size_t size = write(packet,
                                 {packet.rtp.marker || filter_.ends_picture(packet),
                                  payload_types_[packet.rtp.payload_type].media, *sequence,
                                  static_cast<std::uint32_t>(timestamp), description_.ssrc},
                                 {}, now);
  if (size == 0) return;
  emptied_.reset(*sequence % kEmptiedWindow);
  newest_timestamp_ = std::max(newest_timestamp_, timestamp);
  resend_limit_.on_sent(size);
  ++stats_.packets;
  stats_.bytes += packet.rtp.payload.size();
}

void SendStream::leave_out(const MediaPacket& packet, Time now) {
  if (packet.descriptor.temporal > filter_.current().temporal) frame_numbers_.skip(packet);
  if (sequence_.skip(packet.sequence)) return;
  const auto sequence = sequence_.map(packet.sequence);
  if (!sequence) return;
  MediaPacket empty = packet;
  empty.rtp.payload = {};
  empty.descriptor = {};
  empty.dependencies.reset();
  const std::int64_t timestamp = packet.timestamp + timestamp_offset_;
  write(empty,
        {false, payload_types_[packet.rtp.payload_type].media, *sequence,
         static_cast<std::uint32_t>(timestamp), description_.ssrc},
        {}, now);
  emptied_.set(*sequence % kEmptiedWindow);
}

void SendStream::catch_up(const MediaPacket& first, Time now) {
  for (std::int64_t next = first.sequence + 1; next <= first.stream->newest_sequence(); ++next)
    if (const auto packet = track_->layer(layer_).cached(next, now);
        packet && can_continue(*packet))
      deliver(*packet, now);
}

bool SendStream::can_continue(const MediaPacket& packet) const {
  return flowing_ && packet.stream->segment() == segment_ && packet.codec == codec_;
}

bool SendStream::start(const MediaPacket& packet) {
  const bool same_source = packet.stream->segment() == segment_;
  if (!same_source && !anchor(packet)) return false;
  if (same_source)
    sequence_.start(packet.sequence);
  else
    sequence_.start_source(packet.sequence);
  frame_numbers_.start(packet, same_source);
  filter_.start(packet);
  layer_ = packet.layer;
  segment_ = packet.stream->segment();
  codec_ = packet.codec;
  flowing_ = true;
  started_ = true;
  listen();
  return true;
}

// Joins the new source's timestamps to ours such that one straight line relates all of them to the
// time of capture: receivers fit such a line through our sender reports, and a bend in it would
// disturb their lip-sync for as many reports as they keep. False when the place of this packet on
// the line is taken, but that of one soon after it will be free.
bool SendStream::anchor(const MediaPacket& packet) {
  const bool sound = description_.kind == media::Kind::Audio;
  const std::uint32_t rate = packet.stream->clock().clock_rate();
  const Time capture = packet.stream->capture_time(packet.timestamp);
  std::int64_t first = newest_timestamp_;
  if (anchored_) {
    const std::int64_t on_line = line_.timestamp + duration_to_ticks(capture - line_.capture, rate);
    const std::int64_t free =
        newest_timestamp_ + duration_to_ticks(sound ? kPacketOfSound : kAnyStep, rate);
    if (sound && on_line < free && free - on_line < duration_to_ticks(kMaxOverlap, rate))
      return false;
    first = std::max(on_line, free);
    // Layers of one track share their time of capture: where the picture of this one stands in the
    // row already, in another layer, it comes a little late, but the line stays where it is.
    line_lag_ = segment_ != 0 ? first - on_line : 0;
  }
  anchored_ = true;
  clock_rate_ = rate;
  line_ = {capture, first - line_lag_};
  timestamp_offset_ = first - packet.timestamp;
  return true;
}

// The blocks of redundant audio bear the publisher's payload types.
void SendStream::renumber_blocks(MutableBytes red) const {
  walk_red(red, [&](std::size_t at) {
    const std::uint8_t ours = payload_types_[red[at] & 0x7f].media;
    if (ours != kNone) red[at] = static_cast<std::uint8_t>((red[at] & 0x80) | ours);
  });
}

std::size_t SendStream::write(const MediaPacket& packet, RtpHeader header, Bytes prefix, Time now) {
  using media::Extension;
  const media::ExtensionMap& ids = description_.extensions;
  const bool counted = description_.transport_cc;
  std::array<std::uint8_t, 2> number{};
  std::array<std::uint8_t, 3> send_time{};
  if (counted)
    write_u16(number, 0, history_.next_sequence());
  else
    write_u24(send_time, 0, abs_send_time(now));

  ExtensionList extensions;
  const std::string& mid = description_.mid;
  extensions.add(ids.id(Extension::Mid),
                 {reinterpret_cast<const std::uint8_t*>(mid.data()), mid.size()});
  // Both serve the same end; the receiver needs only one of them.
  if (counted)
    extensions.add(ids.id(Extension::TransportCc), number);
  else
    extensions.add(ids.id(Extension::AbsSendTime), send_time);
  for (const Extension e : {Extension::AudioLevel, Extension::VideoOrientation}) {
    const Bytes value = packet.extensions.get(e);
    if (!value.empty()) extensions.add(ids.id(e), value);
  }
  // AV1 has nothing else that tells a receiver what it can do without.
  std::array<std::uint8_t, 255> dependencies;  // what an element takes
  const std::uint8_t dependencies_id = ids.id(Extension::DependencyDescriptor);
  if (packet.dependencies && packet.codec == media::CodecName::Av1 && dependencies_id != 0)
    extensions.add(dependencies_id, frame_numbers_.rewrite_dependencies(
                                        packet, filter_.active_targets(packet), dependencies));
  const Bytes payload = payload_types_[packet.rtp.payload_type].unpacks
                            ? primary_of_red(packet.rtp.payload)
                            : packet.rtp.payload;
  const MutableBytes buffer = egress_.rtp_buffer();
  const std::size_t size = write_rtp(buffer, header, extensions, prefix, payload);
  if (size == 0) {
    ++stats_.too_large;
    return 0;
  }
  const MutableBytes written = buffer.first(size).last(payload.size());
  frame_numbers_.rewrite(packet, written);
  if (packet.codec == media::CodecName::Red && payload.size() == packet.rtp.payload.size())
    renumber_blocks(written);
  egress_.send_rtp(size);
  if (counted) history_.on_sent(size + egress_.overhead(), now);
  return size;
}

}  // namespace parley::forwarding
