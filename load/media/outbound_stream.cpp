#include "load/media/outbound_stream.hpp"

#include "forwarding/ntp.hpp"
#include "forwarding/rtp_packet.hpp"
#include "load/media/synthetic.hpp"
#include "support/time.hpp"

namespace parley::load {
namespace {

using forwarding::Bytes;
using media::Extension;

constexpr std::size_t kCacheBytes = 256 * 1024;

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

OutboundStream::OutboundStream(StreamId id, const SendLine& line, std::size_t layer,
                               std::unique_ptr<Source> source, const Environment& environment)
    : id_(id),
      line_(line),
      layer_(line.layers[layer]),
      source_(std::move(source)),
      environment_(environment),
      started_(source_->due()),
      first_sequence_(static_cast<std::uint16_t>(layer_.ssrc * 2654435761U >> 17)),
      rtx_sequence_(static_cast<std::uint16_t>(layer_.ssrc >> 3)),
      first_timestamp_(layer_.ssrc * 40503U),
      newest_timestamp_(first_timestamp_),
      newest_at_(started_),
      sent_(kCacheBytes) {
  counts_.stream = id;
  counts_.room = environment.place.room;
  counts_.layer = line.layers.size() > 1;
}

void OutboundStream::update(const SendLine& line) {
  line_ = line;
}

void OutboundStream::produce(Time now) {
  source_->produce(now, *this);
}

void OutboundStream::request_keyframe() {
  if (environment_.window.holds(now())) ++environment_.totals.keyframe_requests;
  source_->request_keyframe();
}

/// Every packet reads the clock for itself: the latency of the fourth packet of a frame does not
/// begin with the first.
void OutboundStream::on_payload(const Payload& payload) {
  const Time at = now();
  if (payload.spare) write_mark(payload.bytes, {id_, counter_, at});
  const auto& extensions = line_.extensions;
  forwarding::ExtensionList list;
  list.add(extensions.id(Extension::Mid), bytes_of(line_.mid));
  if (!layer_.rid.empty()) list.add(extensions.id(Extension::Rid), bytes_of(layer_.rid));
  if (line_.kind == media::Kind::Audio) {
    const Place& place = environment_.place;
    level_[0] = audio_level(place.publisher, place.publishers, at);
    list.add(extensions.id(Extension::AudioLevel), level_);
  }
  add_transport_extensions(list, at);
  newest_timestamp_ = first_timestamp_ + payload.timestamp;
  newest_at_ = at;
  const auto sequence = static_cast<std::uint16_t>(first_sequence_ + counter_);
  const auto room = environment_.egress.rtp_buffer();
  const std::size_t size = forwarding::write_rtp(
      room, {payload.marker, line_.codec.payload_type, sequence, newest_timestamp_, layer_.ssrc},
      list, {}, payload.bytes);
  if (size == 0) return;
  if (layer_.rtx_ssrc != 0) sent_.put(counter_, room.first(size), at);
  octets_ += static_cast<std::uint32_t>(payload.bytes.size());
  if (environment_.window.holds(at)) {
    if (counts_.count++ == 0) counts_.first = counter_;
    ++environment_.totals.sent;
    environment_.totals.sent_bytes += size;
  }
  ++counter_;
  environment_.egress.send_rtp(size);
}

void OutboundStream::add_transport_extensions(forwarding::ExtensionList& list, Time now) {
  const auto& extensions = line_.extensions;
  if (extensions.id(Extension::AbsSendTime) != 0) {
    forwarding::write_u24(send_time_, 0, forwarding::abs_send_time(now));
    list.add(extensions.id(Extension::AbsSendTime), send_time_);
  }
  if (extensions.id(Extension::TransportCc) != 0) {
    forwarding::write_u16(transport_sequence_, 0, environment_.transport_sequence++);
    list.add(extensions.id(Extension::TransportCc), transport_sequence_);
  }
}

void OutboundStream::resend(std::uint16_t sequence, Time now) {
  const auto behind = static_cast<std::uint16_t>(first_sequence_ + counter_ - sequence);
  if (layer_.rtx_ssrc == 0 || behind == 0 || behind > counter_) return;
  const Bytes sent = sent_.find(static_cast<std::int64_t>(counter_) - behind, now);
  const auto packet = forwarding::RtpPacket::parse(sent);
  if (!packet) return;
  forwarding::ExtensionList list;
  const auto& extensions = line_.extensions;
  list.add(extensions.id(Extension::Mid), bytes_of(line_.mid));
  if (!layer_.rid.empty()) list.add(extensions.id(Extension::RepairedRid), bytes_of(layer_.rid));
  add_transport_extensions(list, now);
  std::array<std::uint8_t, 2> original;
  forwarding::write_u16(original, 0, sequence);
  const std::size_t size =
      forwarding::write_rtp(environment_.egress.rtp_buffer(),
                            {packet->marker, line_.codec.rtx_payload_type.value_or(0),
                             rtx_sequence_, packet->timestamp, layer_.rtx_ssrc},
                            list, original, packet->payload);
  if (size == 0) return;
  ++rtx_sequence_;
  environment_.egress.send_rtp(size);
}

forwarding::rtcp::SenderInfo OutboundStream::report(Time now) const {
  const auto since = static_cast<double>((now - newest_at_).count()) * 1e-9;
  const auto ticks = static_cast<std::int64_t>(since * line_.codec.clock_rate);
  return {layer_.ssrc, forwarding::to_ntp(now),
          newest_timestamp_ + static_cast<std::uint32_t>(ticks), counter_, octets_};
}

SentStream OutboundStream::counts() const {
  return counts_;
}

}  // namespace parley::load
