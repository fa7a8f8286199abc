// Which layers in one stream a subscriber gets, frame by frame.
#pragma once

#include <algorithm>
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "forwarding/layer.hpp"
#include "forwarding/media_packet.hpp"

namespace parley::forwarding {

/// Which of the newest frames went out, by frame number.
class FrameHistory {
 public:
  void reset(std::int64_t first) {
    newest_ = first - 1;
    known_.reset();
    passed_.reset();
  }
  [[nodiscard]] std::int64_t newest() const { return newest_; }
  /// What was decided on a frame; nothing before that, or when it is long ago.
  [[nodiscard]] std::optional<bool> find(std::int64_t frame) const {
    if (frame > newest_ || frame <= newest_ - kWindow || !known_[index(frame)]) return std::nullopt;
    return passed_[index(frame)];
  }
  void add(std::int64_t frame, bool passed) {
    if (frame <= newest_ - kWindow) return;
    if (frame - newest_ > kWindow) known_.reset();
    for (std::int64_t skipped = std::max(newest_, frame - kWindow) + 1; skipped < frame; ++skipped)
      known_.reset(index(skipped));
    newest_ = std::max(newest_, frame);
    known_.set(index(frame));
    passed_.set(index(frame), passed);
  }

 private:
  static constexpr std::int64_t kWindow = 256;
  static std::size_t index(std::int64_t frame) {
    return static_cast<std::uint64_t>(frame) % static_cast<std::uint64_t>(kWindow);
  }

  std::int64_t newest_ = -1;
  std::bitset<static_cast<std::size_t>(kWindow)> known_;
  std::bitset<static_cast<std::size_t>(kWindow)> passed_;
};

/// A frame goes out whole or not at all, and only where the subscriber got all that it is predicted
/// from. By the payload's descriptor, going down takes effect with the next picture; going up waits
/// for a switching point where it is temporal, for a keyframe where it is spatial. By the
/// dependency descriptor, another decode target is taken at a frame that allows it and of which all
/// that it is predicted from went out. Pure; no allocation.
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
  /// The decode targets that a receiver can count on, where that is not what the publisher says:
  /// what belongs to others is left out (AV1 RTP specification, A.4). Only of a packet that passed.
  [[nodiscard]] std::optional<std::uint32_t> active_targets(const MediaPacket& packet) const;
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
  // --- by the dependency descriptor ---
  [[nodiscard]] Verdict judge_dependencies(const MediaPacket& packet);
  // Returns true when the target that is wanted could go on here, but for a frame it lacks.
  bool choose_target(const MediaPacket& packet);
  void note_active(const MediaPacket& packet);
  // No better target than the one that goes out is being sent.
  [[nodiscard]] bool takes_best(const DependencyStructure& structure) const;
  [[nodiscard]] std::size_t wanted_target(const DependencyStructure& structure) const;
  [[nodiscard]] bool has_all(const MediaPacket& packet) const;

  // --- by the payload's ---
  [[nodiscard]] Verdict judge_descriptor(const MediaPacket& packet);
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

  std::size_t target_ = 0;                     // decode target that goes out
  std::uint32_t active_targets_ = UINT32_MAX;  // the publisher's
  std::int64_t active_since_ = 0;              // frame
  // Since the structure went out, receivers were told of fewer than the publisher says.
  bool told_fewer_ = false;
  FrameHistory frames_;
};

}  // namespace parley::forwarding
