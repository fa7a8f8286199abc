// A track's packet as its subscribers get it: read once, rewritten for each of them.
#pragma once

#include <cstdint>
#include <optional>

#include "forwarding/dependency_descriptor.hpp"
#include "forwarding/payload_descriptor.hpp"
#include "forwarding/rtp_packet.hpp"
#include "support/media.hpp"

namespace parley::forwarding {

class ReceiveStream;

/// Refers to the packet's bytes and to the stream it came on; valid during one forward().
struct MediaPacket {
  RtpPacket rtp;
  ExtensionValues extensions;
  const ReceiveStream* stream = nullptr;
  std::uint8_t layer = 0;      ///< index of the TrackLayer it came on
  std::int64_t sequence = 0;   ///< unwrapped
  std::int64_t timestamp = 0;  ///< unwrapped
  media::CodecName codec{};
  PayloadDescriptor descriptor;
  std::int64_t picture = 0;  ///< the descriptor's picture id, unwrapped
  /// What the dependency descriptor says, where there is one; it goes before the payload's.
  std::optional<FrameDependencies> dependencies;
  const DependencyStructure* structure = nullptr;  ///< that it refers to, if known
  std::int64_t frame = 0;                          ///< its frame number, unwrapped
};

}  // namespace parley::forwarding
