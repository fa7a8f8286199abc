#include "forwarding/receive_stream.hpp"
#include "forwarding/send_stream.hpp"

namespace parley::forwarding {

void SendStream::on_nack(std::uint16_t sequence, Duration rtt, Time now) {
  ++stats_.nacks;
  const auto source = flowing_ ? sequence_.find(sequence) : std::nullopt;
  auto packet = source ? track_->layer(layer_).cached(*source, now) : std::nullopt;
  if (!packet || packet->stream->segment() != segment_) return;
  if (emptied_[sequence % kEmptiedWindow]) {
    packet->rtp.payload = {};
    packet->descriptor = {};
    packet->dependencies.reset();
  }
  const PayloadTypes types = payload_types_[packet->rtp.payload_type];
  const std::size_t size = packet->rtp.header_size + packet->rtp.payload.size();
  if (types.media == kNone || !resend_limit_.take(sequence, size, rtt, now)) return;

  RtpHeader header{packet->rtp.marker || filter_.ends_picture(*packet), types.media, sequence,
                   static_cast<std::uint32_t>(packet->timestamp + timestamp_offset_),
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
  if (write(*packet, header, prefix, now) > 0) ++stats_.retransmitted;
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
