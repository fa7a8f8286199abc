#include "forwarding/receiver.hpp"

#include <algorithm>

namespace parley::forwarding {
namespace {

// A source silent for this long may lose its place to a new one.
constexpr Duration kSilent = std::chrono::seconds(5);

}  // namespace

Receiver::Receiver(Peer& peer, PeerObserver& observer, RttEstimator& rtt)
    : peer_(peer), observer_(observer), rtt_(rtt) {
  sources_.reserve(kMaxSources);
}

// --- description ---

Track& Receiver::add_track(TrackKey key, media::Kind kind) {
  if (Track* track = find_track(key)) return *track;
  Track& track = *tracks_.emplace_back(std::make_unique<Track>(peer_, key, kind));
  for (const Line& line : lines_)
    if (line.track == key) track.set_description(line.receive);
  return track;
}

void Receiver::remove_track(TrackKey key) {
  drop_streams_of(key);
  std::erase_if(tracks_, [&](const auto& track) { return track->key() == key; });
}

std::vector<TrackStats> Receiver::track_stats() const {
  std::vector<TrackStats> all;
  all.reserve(tracks_.size());
  for (const auto& track : tracks_)
    all.push_back({track->key(), track->kind(), track->codec(), track->layers()});
  return all;
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
  drop_streams_of(found->track);
  lines_.erase(found);
}

void Receiver::drop_streams_of(TrackKey key) {
  const auto belongs = [&](const auto& stream) { return stream->track().key() == key; };
  for (auto found = std::find_if(streams_.begin(), streams_.end(), belongs);
       found != streams_.end(); found = std::find_if(streams_.begin(), streams_.end(), belongs))
    drop_stream(found->get());
}

void Receiver::drop_stream(const ReceiveStream* stream) {
  TrackLayer& layer = stream->track().layer(stream->layer());
  if (layer.stream() == stream) layer.set_stream(nullptr);
  std::erase_if(sources_, [&](const Source& source) { return source.stream == stream; });
  std::erase_if(streams_, [&](const auto& owned) { return owned.get() == stream; });
}

// --- sources ---

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
  if (track == nullptr || binding->layer >= track->layer_count() || !make_room(now)) return nullptr;

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
  if (oldest->repair)
    sources_.erase(oldest);
  else
    drop_stream(oldest->stream);
  return true;
}

}  // namespace parley::forwarding
