// Which layers in one stream a subscriber gets, frame by frame.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "forwarding/layer.hpp"
#include "forwarding/media_packet.hpp"

namespace parley::forwarding {

/// A frame goes out whole or not at all, and only where the subscriber got all that it is predicted
/// from. Going down takes effect with the next picture. Going up waits: for a switching point where
/// it is temporal, for a keyframe where it is spatial. Pure; no allocation.
class LayerFilter {
 public:
  enum class Verdict : std::uint8_t {
    Pass,
    Drop,
    NeedsKeyframe,  ///< left out, though within the limit: only a keyframe can bring it in
  };

  void set_limit(Layer limit) { limit_ = limit; }
  [[nodiscard]] Layer limit() const { return limit_; }
  /// What goes out just now, as far as the stream has it.
  [[nodiscard]] Layer current() const { return current_; }

  /// A source begins with this keyframe.
  void start(const MediaPacket& keyframe);
  [[nodiscard]] Verdict judge(const MediaPacket& packet);
  /// True when this packet ends what goes out of its picture, so that it has to bear the marker.
  [[nodiscard]] bool ends_picture(const MediaPacket& packet) const {
    return packet.descriptor.ends_frame && packet.descriptor.spatial == current_.spatial;
  }

 private:
  struct Decision {
    std::int64_t timestamp = 0;
    std::uint8_t spatial = 0;
    Verdict verdict = Verdict::Drop;
  };

  [[nodiscard]] bool decided_on(std::int64_t timestamp) const;
  void begin_picture(const MediaPacket& packet);
  void go_up(const MediaPacket& packet);
  [[nodiscard]] Verdict verdict_on(const PayloadDescriptor& frame) const;

  Layer limit_ = kBestLayer;
  Layer current_ = kBestLayer;
  std::int64_t picture_ = 0;  // timestamp of the newest
  // Of frames whose other packets may still come.
  std::array<Decision, 16> decisions_{};
  std::size_t next_decision_ = 0;
  std::size_t decided_ = 0;
};

}  // namespace parley::forwarding
