#include <array>

#include "forwarding/receive_stream.hpp"
#include "forwarding/send_stream.hpp"

namespace parley::forwarding {

std::optional<MediaPacket> SendStream::sent(std::uint16_t sequence, Time now) const {
  const auto source = flowing_ ? sequence_.find(sequence) : std::nullopt;
  auto packet = source ? track_->layer(layer_).cached(*source, now) : std::nullopt;
  if (!packet || packet->stream->segment() != segment_) return std::nullopt;
  if (payload_types_[packet->rtp.payload_type].media == kNone) return std::nullopt;
  if (emptied_[sequence % kEmptiedWindow]) {
    packet->rtp.payload = {};
    packet->descriptor = {};
    packet->dependencies.reset();
  }
  return packet;
}

void SendStream::on_nack(std::uint16_t sequence, Duration rtt, Time now) {
  ++stats_.nacks;
  const auto packet = sent(sequence, now);
  // The pictures that build on it can only be replaced. A browser decodes nothing of a picture that
  // lacks a spatial layer; once it was sent more than it gets now, a keyframe is cheaper than all
  // of those on a way that has become narrow.
  const bool beyond = packet && packet->descriptor.spatial > filter_.current().spatial;
  if (beyond || (!packet && lost_for_good(sequence)))
    return track_->request_keyframe(track_->layer(layer_), now);
  if (!packet) return;
  const std::size_t size = packet->rtp.header_size + packet->rtp.payload.size();
  if (!resend_limit_.take(sequence, size, rtt, now)) return;
  if (resend(*packet, sequence, now) > 0) ++stats_.retransmitted;
}

bool SendStream::lost_for_good(std::uint16_t sequence) const {
  const bool video = description_.kind == media::Kind::Video;
  const auto source = video && flowing_ ? sequence_.find(sequence) : std::nullopt;
  const ReceiveStream* stream = source ? track_->layer(layer_).stream() : nullptr;
  return stream != nullptr && *source <= stream->newest_sequence() && !stream->awaits(*source);
}

std::size_t SendStream::resend(const MediaPacket& packet, std::uint16_t sequence, Time now) {
  const PayloadTypes types = payload_types_[packet.rtp.payload_type];
  RtpHeader header{packet.rtp.marker || filter_.ends_picture(packet), types.media, sequence,
                   static_cast<std::uint32_t>(packet.timestamp + timestamp_offset_),
                   description_.ssrc};
  std::array<std::uint8_t, 2> original{};
  Bytes prefix;
  if (description_.rtx_ssrc != 0 && types.rtx != kNone) {
    write_u16(original, 0, sequence);
    prefix = original;
    header.payload_type = types.rtx;
    header.sequence = rtx_sequence_++;
    header.ssrc = description_.rtx_ssrc;
  }
  return write(packet, header, prefix, now);
}

// --- padding ---

bool SendStream::can_pad() const {
  return description_.transport_cc && description_.rtx_ssrc != 0 && rtx_payload_type() != kNone;
}

std::uint8_t SendStream::rtx_payload_type() const {
  for (const media::Codec& codec : description_.codecs)
    if (codec.rtx_payload_type) return *codec.rtx_payload_type;
  return kNone;
}

// What was sent last, once more: should it have been lost, the padding even repairs it. Where there
// is nothing, padding alone. Both under the repair SSRC, so that the media's numbers have no gaps.
void SendStream::send_padding(std::size_t bytes, Time now) {
  constexpr std::uint16_t kNewest = 32;
  constexpr std::size_t kWorthIt = 200;
  std::size_t done = 0;
  for (std::uint16_t back = 1; back <= kNewest && done < bytes; ++back) {
    const auto sequence = static_cast<std::uint16_t>(sequence_.next() - back);
    const auto packet = sent(sequence, now);
    if (!packet || packet->rtp.payload.size() < kWorthIt) continue;
    if (payload_types_[packet->rtp.payload_type].rtx == kNone) continue;
    done += resend(*packet, sequence, now);
  }
  while (done < bytes) {
    const std::size_t size = write_padding(now);
    if (size == 0) return;
    done += size;
  }
}

std::size_t SendStream::write_padding(Time now) {
  static constexpr std::size_t kPadding = 255;  // the most that its last byte can tell
  static constexpr auto kBytes = [] {
    std::array<std::uint8_t, kPadding> bytes{};
    bytes.back() = kPadding;
    return bytes;
  }();
  ExtensionList extensions;
  std::array<std::uint8_t, 2> number{};
  write_u16(number, 0, history_.next_sequence());
  const std::string& mid = description_.mid;
  extensions.add(description_.extensions.id(media::Extension::Mid),
                 {reinterpret_cast<const std::uint8_t*>(mid.data()), mid.size()});
  extensions.add(description_.extensions.id(media::Extension::TransportCc), number);
  const MutableBytes buffer = egress_.rtp_buffer();
  const std::size_t size =
      write_rtp(buffer,
                {false, rtx_payload_type(), rtx_sequence_,
                 static_cast<std::uint32_t>(newest_timestamp_), description_.rtx_ssrc},
                extensions, {}, kBytes);
  if (size == 0) return 0;
  ++rtx_sequence_;
  buffer[0] |= 0x20;  // RFC 3550 5.1: P
  egress_.send_rtp(size);
  history_.on_sent(size + egress_.overhead(), now);
  return size;
}

void SendStream::on_keyframe_request(Time now) {
  ++stats_.keyframe_requests;
  if (track_ == nullptr || wants_nothing() || !egress_.ready()) return;
  // Of what it decodes; it will begin what it is waiting for by itself.
  const std::uint8_t asked = flowing_ ? layer_ : wanted_;
  if (asked != kNone) track_->request_keyframe(track_->layer(asked), now);
}

std::optional<Duration> SendStream::on_report(const rtcp::ReportBlock& block, Time now) {
  stats_.lost = block.lost;
  stats_.fraction_lost = block.fraction_lost / 256.0;
  if (clock_rate_ != 0) stats_.jitter = ticks_to_duration(block.jitter, clock_rate_);
  if (block.last_report == 0) return std::nullopt;
  // RFC 3550 6.4.1: A - LSR - DLSR, in 1/65536 s; all of it wraps.
  const std::uint32_t units = compact(to_ntp(now)) - block.last_report - block.since_report;
  if (units > INT32_MAX) return std::nullopt;  // a clock that runs fast made it negative
  stats_.rtt = from_compact(units);
  return stats_.rtt;
}

std::optional<rtcp::SenderInfo> SendStream::make_report(Time now) {
  const ReceiveStream* source =
      track_ != nullptr && layer_ != kNone ? track_->layer(layer_).stream() : nullptr;
  const bool has_news = stats_.packets != packets_reported_;
  if (!flowing_ || !has_news || source == nullptr || source->segment() != segment_)
    return std::nullopt;
  packets_reported_ = stats_.packets;

  const std::int64_t newest = source->newest_timestamp();
  const Duration since_capture = now - source->capture_time(newest);
  const std::int64_t timestamp =
      newest + timestamp_offset_ + duration_to_ticks(since_capture, clock_rate_);
  line_ = {now, timestamp - line_lag_};
  return rtcp::SenderInfo{description_.ssrc, to_ntp(now), static_cast<std::uint32_t>(timestamp),
                          static_cast<std::uint32_t>(stats_.packets),
                          static_cast<std::uint32_t>(stats_.bytes)};
}

}  // namespace parley::forwarding
