// The dependency descriptor: which frames a frame needs, and who needs it (AV1 RTP specification,
// appendix A). A header extension; with VP8, VP9 and H.264 too where publishers send it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "forwarding/bytes.hpp"
#include "forwarding/layer.hpp"

namespace parley::forwarding {

/// What a frame is to a decode target (A.2). Two bits each, as they are sent.
enum class Indication : std::uint8_t { NotPresent, Discardable, Switch, Required };

/// A frame's indications for all decode targets, two bits each, the first lowest.
class Indications {
 public:
  [[nodiscard]] Indication of(std::size_t target) const {
    return static_cast<Indication>(bits_ >> (2 * target) & 3);
  }
  void set(std::size_t target, std::uint32_t value) {
    bits_ = (bits_ & ~(std::uint64_t{3} << (2 * target))) | std::uint64_t{value} << (2 * target);
  }

 private:
  std::uint64_t bits_ = 0;
};

/// How far back lie the frames that one is predicted from.
struct FrameDiffs {
  static constexpr std::size_t kMax = 8;

  /// False when there is no room.
  bool add(std::uint32_t diff) {
    if (count == kMax) return false;
    diffs[count++] = static_cast<std::uint16_t>(diff);
    return true;
  }
  [[nodiscard]] std::span<const std::uint16_t> all() const { return std::span(diffs).first(count); }

  std::array<std::uint16_t, kMax> diffs{};
  std::uint8_t count = 0;
};

/// What descriptors refer to; sent with keyframes.
struct DependencyStructure {
  static constexpr std::size_t kMaxTemplates = 64;
  static constexpr std::size_t kMaxTargets = 32;

  struct Template {
    Layer layer;
    Indications indications;
    FrameDiffs diffs;
  };

  /// Whether targets of the spatial layer `above` take all frames of `below`, not only keyframes.
  [[nodiscard]] bool builds_on(std::uint8_t above, std::uint8_t below) const;

  std::uint8_t template_offset = 0;
  std::uint8_t template_count = 0;
  std::uint8_t target_count = 0;
  std::uint8_t chain_count = 0;
  std::array<Template, kMaxTemplates> templates{};
  std::array<Layer, kMaxTargets> targets{};  ///< the highest layer each of them takes
};

/// One packet's descriptor.
struct FrameDependencies {
  bool starts_frame = false;
  bool ends_frame = false;
  std::uint8_t template_id = 0;
  std::uint16_t frame_number = 0;
  bool has_structure = false;
  /// The rest is known only with the structure that the template belongs to.
  bool resolved = false;
  Layer layer;
  Indications indications;
  FrameDiffs diffs;
  std::optional<std::uint32_t> active_targets;  ///< a bit each; none: as before
  /// Where in the descriptor, in bits, the active targets stand or would stand, and how many bits
  /// stand there for them now.
  std::uint16_t active_at = 0;
  std::uint8_t active_bits = 0;
};

/// Reads a descriptor. `structure` is what was sent last, or null; one in the descriptor itself
/// goes before it and is put into `attached` where that is not null. Nothing when the bytes do not
/// hold.
[[nodiscard]] std::optional<FrameDependencies> read_dependencies(
    Bytes descriptor, const DependencyStructure* structure,
    DependencyStructure* attached = nullptr);

/// Writes to `out` what `descriptor`, read as `frame`, says, but that these of `targets` targets
/// are active. Returns what was written; nothing where there is no room.
[[nodiscard]] MutableBytes write_active_targets(MutableBytes out, Bytes descriptor,
                                                const FrameDependencies& frame, std::size_t targets,
                                                std::uint32_t active);

/// Changes the numbers in a descriptor that read_dependencies() took: adds `frames` to its frame
/// number and `templates`, modulo 64, to its template id and to the structure's offset.
void renumber(MutableBytes descriptor, std::uint16_t frames, std::uint8_t templates);

}  // namespace parley::forwarding
