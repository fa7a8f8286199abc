// The m-lines that the benchmarks' packets go over.
#pragma once

#include <array>

#include "forwarding/peer.hpp"
#include "support/media.hpp"

namespace parley::bench {

inline constexpr std::array kKinds{media::Kind::Audio, media::Kind::Video};

constexpr forwarding::TrackKey track_of(media::Kind kind) {
  return static_cast<forwarding::TrackKey>(kind);
}

/// Makes the track of that kind and binds an m-line to it.
forwarding::Track& describe_track(forwarding::Peer& publisher, media::Kind kind);
/// A subscriber's m-line; its SSRC is `ssrc` plus one for video.
media::Send send_line(media::Kind kind, std::uint32_t ssrc);

}  // namespace parley::bench
