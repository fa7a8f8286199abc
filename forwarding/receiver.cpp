#include "forwarding/receiver.hpp"

#include <algorithm>

#include "forwarding/rtx.hpp"

namespace parley::forwarding {
namespace {

// A source silent for this long may lose its place to a new one.
constexpr Duration kSilent = std::chrono::seconds(5);
// A stream silent for this long no longer keeps another one of its track from being forwarded.
constexpr Duration kStalled = std::chrono::seconds(1);
// Nothing at all from the publisher for this long: the network may have stood still.
constexpr Duration kSilence = std::chrono::milliseconds(200);
constexpr Duration kSettled = std::chrono::milliseconds(500);

}  // namespace

Receiver::Receiver(Peer& peer, PeerObserver& observer) : peer_(peer), observer_(observer) {
  sources_.reserve(kMaxSources);
}

// --- description
// ----------------------------------------------------------------------------------

Track& Receiver::add_track(TrackKey key, media::Kind kind) {
  if (Track* track = find_track(key)) return *track;
  Track& track = *tracks_.emplace_back(std::make_unique<Track>(peer_, key, kind));
  for (const Line& line : lines_)
    if (line.track == key) track.set_description(line.receive);
  return track;
}

void Receiver::remove_track(TrackKey key) {
  drop_streams([&](const ReceiveStream& stream) { return stream.track().key() == key; });
  std::erase_if(tracks_, [&](const auto& track) { return track->key() == key; });
}

Track* Receiver::find_track(TrackKey key) {
  for (const auto& track : tracks_)
    if (track->key() == key) return track.get();
  return nullptr;
}

void Receiver::set_line(const media::Receive& receive, TrackKey key) {
  const auto same_mid = [&](const Line& line) { return line.receive.mid == receive.mid; };
  const auto known = std::find_if(lines_.begin(), lines_.end(), same_mid);
  if (known != lines_.end() && known->track != key) {
    remove_line(receive.mid);
    lines_.push_back({receive, key});
  } else if (known != lines_.end()) {
    known->receive = receive;
  } else {
    lines_.push_back({receive, key});
  }
  if (Track* track = find_track(key)) track->set_description(receive);
}

void Receiver::remove_line(std::string_view mid) {
  const auto found = std::find_if(lines_.begin(), lines_.end(),
                                  [&](const Line& line) { return line.receive.mid == mid; });
  if (found == lines_.end()) return;
  // The sender of a re-used m-line may keep its SSRC: it has to be bound afresh.
  drop_streams([&](const ReceiveStream& stream) { return stream.track().key() == found->track; });
  lines_.erase(found);
}

template <typename Predicate>
void Receiver::drop_streams(Predicate belongs) {
  std::erase_if(sources_, [&](const Source& source) { return belongs(*source.stream); });
  std::erase_if(streams_, [&](const std::unique_ptr<ReceiveStream>& stream) {
    if (!belongs(*stream)) return false;
    if (stream->track().active_ == stream.get()) stream->track().set_active(nullptr);
    return true;
  });
}

// --- sources
// --------------------------------------------------------------------------------------

Receiver::Source* Receiver::find_source(std::uint32_t ssrc) {
  for (Source& source : sources_)
    if (source.ssrc == ssrc) return &source;
  return nullptr;
}

ReceiveStream* Receiver::newest_stream(const Track& track, std::size_t layer) {
  for (auto stream = streams_.rbegin(); stream != streams_.rend(); ++stream)
    if (&(*stream)->track() == &track && (*stream)->layer() == layer) return stream->get();
  return nullptr;
}

Receiver::Source* Receiver::add_source(const RtpPacket& packet, Time now) {
  std::vector<const media::Receive*> descriptions;
  for (const Line& line : lines_) descriptions.push_back(&line.receive);
  const auto binding = bind(packet, descriptions);
  if (!binding) return nullptr;
  Track* track = find_track(lines_[binding->line].track);
  if (track == nullptr || !make_room(now)) return nullptr;

  ReceiveStream* stream = nullptr;
  if (binding->repair)
    stream = newest_stream(*track, binding->layer);
  else
    stream = streams_
                 .emplace_back(
                     std::make_unique<ReceiveStream>(packet.ssrc, *track, binding->layer, clock_))
                 .get();
  if (stream == nullptr) return nullptr;
  return &sources_.emplace_back(Source{packet.ssrc, stream, binding->repair, now});
}

bool Receiver::make_room(Time now) {
  if (sources_.size() < kMaxSources) return true;
  const auto oldest = std::min_element(
      sources_.begin(), sources_.end(),
      [](const Source& a, const Source& b) { return a.last_packet < b.last_packet; });
  if (now - oldest->last_packet < kSilent) return false;
  if (oldest->repair) {
    sources_.erase(oldest);
  } else {
    const ReceiveStream* stream = oldest->stream;
    drop_streams([&](const ReceiveStream& other) { return &other == stream; });
  }
  return true;
}

// --- packets
// --------------------------------------------------------------------------------------

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
  if (packet.payload.empty()) {
    // Padding is nothing for the track's branches, but the subscribers must close its gap.
    track.fan_out()->forward(bytes, now);
    return {};
  }
  note_codec(track, codec->name);
  return {&track, bytes};
}

bool Receiver::is_forwarded(ReceiveStream& stream, Time now) {
  Track& track = stream.track();
  const ReceiveStream* active = track.active_;
  if (active == &stream) return true;
  const auto appeared_later = [&] {
    const auto first = std::find_if(streams_.begin(), streams_.end(), [&](const auto& candidate) {
      return candidate.get() == active || candidate.get() == &stream;
    });
    return first->get() == active;
  };
  const bool takes_over = active == nullptr || stream.layer() > active->layer() ||
                          (stream.layer() == active->layer() && appeared_later()) ||
                          now - active->last_packet() > kStalled;
  if (takes_over) track.set_active(&stream);
  return takes_over;
}

void Receiver::note_codec(Track& track, media::CodecName codec) {
  if (track.codec_ == codec) return;
  track.codec_ = codec;
  observer_.on_codec(track.key(), codec);
}

void Receiver::note_arrival(Time now) {
  if (now - last_arrival_ > kSilence) silence_ended_ = now;
  last_arrival_ = now;
}

bool Receiver::others_flowed(Time now) const {
  return now - silence_ended_ > kSettled;
}

void Receiver::tick(Time now) {
  for (const auto& track : tracks_) track->tick(now);
}

}  // namespace parley::forwarding
