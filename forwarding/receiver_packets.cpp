#include <algorithm>

#include "forwarding/receiver.hpp"
#include "forwarding/rtx.hpp"

namespace parley::forwarding {
namespace {

// A stream silent for this long no longer keeps another one of its layer from being forwarded.
constexpr Duration kStalled = std::chrono::seconds(1);
// Nothing at all from the publisher for this long: the network may have stood still.
constexpr Duration kSilence = std::chrono::milliseconds(200);
constexpr Duration kSettled = std::chrono::milliseconds(500);

}  // namespace

Incoming Receiver::on_rtp(MutableBytes bytes, Time now) {
  note_arrival(now);
  auto packet = RtpPacket::parse(bytes);
  Source* source = packet ? find_source(packet->ssrc) : nullptr;
  if (packet && source == nullptr) source = add_source(*packet, now);
  if (source == nullptr) {
    ++unknown_packets_;
    return {};
  }
  source->last_packet = now;
  ReceiveStream& stream = *source->stream;
  if (source->repair) {
    const media::Codec* codec = stream.track().repaired_by(packet->payload_type);
    if (codec == nullptr) return {};
    bytes = restore_rtx(bytes, *packet, stream.ssrc(), codec->payload_type);
    packet = RtpPacket::parse(bytes);
    if (!packet) return {};
  }
  return on_media(stream, bytes, *packet, now);
}

Incoming Receiver::on_media(ReceiveStream& stream, MutableBytes bytes, const RtpPacket& packet,
                            Time now) {
  Track& track = stream.track();
  const media::Codec* codec = track.codec_of(packet.payload_type);
  if (codec == nullptr) {
    ++unknown_packets_;
    return {};
  }
  const auto verdict = stream.on_packet(packet, codec->clock_rate, others_flowed(now), now);
  if (verdict == ReceiveStream::Verdict::Duplicate || !is_forwarded(stream, now)) return {};
  if (verdict == ReceiveStream::Verdict::Newest)
    if (const auto ntp = stream.clock().publisher_time(stream.newest_timestamp()))
      clock_.on_packet(*ntp, now);
  if (packet.payload.empty()) {
    // Padding is nothing for the track's branches, but the subscribers must close its gap.
    track.fan_out()->forward(bytes, now);
    return {};
  }
  track.note_media(track.layer(stream.layer()), packet.timestamp, now);
  note_codec(track, *codec, now);
  if (track.kind() == media::Kind::Audio) note_level(track, packet, now);
  return {&track, bytes};
}

// Of the streams that came for one layer, the one that appeared last carries it, until it stalls.
bool Receiver::is_forwarded(ReceiveStream& stream, Time now) {
  TrackLayer& layer = stream.track().layer(stream.layer());
  const ReceiveStream* active = layer.stream();
  if (active == &stream) return true;
  const auto appeared_later = [&] {
    const auto first = std::find_if(streams_.begin(), streams_.end(), [&](const auto& candidate) {
      return candidate.get() == active || candidate.get() == &stream;
    });
    return first->get() == active;
  };
  const bool takes_over =
      active == nullptr || appeared_later() || now - active->last_packet() > kStalled;
  if (takes_over) layer.set_stream(&stream);
  return takes_over;
}

void Receiver::note_codec(Track& track, const media::Codec& codec, Time now) {
  track.codec_ = codec.name;
  track.payload_type_ = codec.payload_type;
  if (track.codec_news_.due(codec.name, now)) observer_.on_codec(track.key(), codec.name);
}

void Receiver::note_level(Track& track, const RtpPacket& packet, Time now) {
  const Bytes level = ExtensionValues(packet, track.extensions_).get(media::Extension::AudioLevel);
  if (level.empty()) return;
  if (const auto speech = track.speech_.on_level(level[0], now))
    observer_.on_speaking(track.key(), *speech);
}

void Receiver::note_arrival(Time now) {
  if (now - last_arrival_ > kSilence) silence_ended_ = now;
  last_arrival_ = now;
}

bool Receiver::others_flowed(Time now) const {
  return now - silence_ended_ > kSettled;
}

}  // namespace parley::forwarding
