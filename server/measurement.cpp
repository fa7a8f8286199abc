#include "server/measurement.hpp"

#include <algorithm>
#include <utility>

namespace parley::server {
namespace {

using forwarding::LayerStats;
using forwarding::PeerStats;
using forwarding::ReceiveStats;
using forwarding::SendStats;
using forwarding::StreamStats;
using forwarding::TrackStats;

/// How much a number has grown. One that fell began anew.
template <typename Number>
std::uint64_t growth(Number before, Number after) {
  return static_cast<std::uint64_t>(std::max<Number>(after >= before ? after - before : after, 0));
}
/// A cumulative loss goes down when late packets come: that is nothing new lost.
std::uint64_t more_lost(std::int64_t before, std::int64_t after) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(after - before, 0));
}

std::uint64_t rate(std::uint64_t bytes, Duration passed) {
  const double seconds = std::chrono::duration<double>(passed).count();
  return seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(bytes) * 8 / seconds) : 0;
}

ReceiveStats received_before(const PeerStats& stats, std::uint32_t ssrc) {
  for (const TrackStats& track : stats.tracks)
    for (const LayerStats& layer : track.layers)
      if (layer.received.ssrc == ssrc) return layer.received;
  return {};
}

SendStats sent_before(const PeerStats& stats, const std::string& mid) {
  for (const StreamStats& stream : stats.streams)
    if (stream.mid == mid) return stream.sent;
  return {};
}

template <typename Stats>
void add_flow(MediaTotals::Flow& flow, const Stats& before, const Stats& after) {
  flow.packets += growth(before.packets, after.packets);
  flow.bytes += growth(before.bytes, after.bytes);
}

void add_received(MediaTotals& totals, media::Kind kind, const ReceiveStats& before,
                  const ReceiveStats& after) {
  add_flow(totals.in.at(static_cast<std::size_t>(kind)), before, after);
  totals.lost_in += more_lost(before.lost, after.lost);
  totals.nacks_sent += growth(before.nacks, after.nacks);
  totals.keyframe_requests_sent += growth(before.keyframe_requests, after.keyframe_requests);
}

void add_sent(MediaTotals& totals, media::Kind kind, const SendStats& before,
              const SendStats& after) {
  add_flow(totals.out.at(static_cast<std::size_t>(kind)), before, after);
  totals.lost_out += more_lost(before.lost, after.lost);
  totals.nacks_received += growth(before.nacks, after.nacks);
  totals.retransmitted += growth(before.retransmitted, after.retransmitted);
  totals.keyframe_requests_received += growth(before.keyframe_requests, after.keyframe_requests);
  totals.too_large += growth(before.too_large, after.too_large);
}

}  // namespace

void Measurement::take(PeerStats stats, Time now, MediaTotals& totals) {
  const bool first = at_ == Time{};
  const Duration passed = now - at_;
  received_rates_.clear();
  sent_rates_.clear();
  for (const TrackStats& track : stats.tracks)
    for (const LayerStats& layer : track.layers) {
      const ReceiveStats& after = layer.received;
      if (after.ssrc == 0) continue;
      const ReceiveStats before = received_before(stats_, after.ssrc);
      add_received(totals, track.kind, before, after);
      if (!first) received_rates_[after.ssrc] = rate(growth(before.bytes, after.bytes), passed);
    }
  for (const StreamStats& stream : stats.streams) {
    const SendStats before = sent_before(stats_, stream.mid);
    add_sent(totals, stream.kind, before, stream.sent);
    if (!first) sent_rates_[stream.mid] = rate(growth(before.bytes, stream.sent.bytes), passed);
  }
  stats_ = std::move(stats);
  at_ = now;
}

std::uint64_t Measurement::received_rate(std::uint32_t ssrc) const {
  const auto found = received_rates_.find(ssrc);
  return found == received_rates_.end() ? 0 : found->second;
}

std::uint64_t Measurement::sent_rate(const std::string& mid) const {
  const auto found = sent_rates_.find(mid);
  return found == sent_rates_.end() ? 0 : found->second;
}

const StreamStats* Measurement::sent(const std::string& mid) const {
  const auto found = std::find_if(stats_.streams.begin(), stats_.streams.end(),
                                  [&](const StreamStats& stream) { return stream.mid == mid; });
  return found == stats_.streams.end() ? nullptr : &*found;
}

const TrackStats* Measurement::track(forwarding::TrackKey key) const {
  const auto found = std::find_if(stats_.tracks.begin(), stats_.tracks.end(),
                                  [&](const TrackStats& track) { return track.key == key; });
  return found == stats_.tracks.end() ? nullptr : &*found;
}

}  // namespace parley::server
