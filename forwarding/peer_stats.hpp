// Everything measured of one participant at one moment. Plain values, to be taken to another
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "forwarding/stats.hpp"
#include "forwarding/track.hpp"
#include "support/media.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

/// A track the participant publishes.
struct TrackStats {
  TrackKey key = 0;
  media::Kind kind{};
  std::optional<media::CodecName> codec;
  std::vector<LayerStats> layers;  ///< lowest first; one without simulcast
};

/// An m-line on which something is sent to it.
struct StreamStats {
  std::string mid;
  media::Kind kind{};
  Priority priority = Priority::Normal;
  SendStats sent;
};

struct PeerStats {
  std::vector<TrackStats> tracks;
  std::vector<StreamStats> streams;
  std::optional<Duration> rtt;
  std::optional<BandwidthStats> bandwidth;        ///< towards it
  std::optional<std::uint64_t> receive_capacity;  ///< as its REMB says, in bits per second
  std::uint64_t unknown_packets = 0;
};

}  // namespace parley::forwarding
