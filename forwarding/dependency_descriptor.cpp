#include "forwarding/dependency_descriptor.hpp"

#include <algorithm>

namespace parley::forwarding {
namespace {

constexpr std::size_t kMandatory = 3;
// Bits from the beginning: the five flags of the extended fields, then the structure's offset.
constexpr std::size_t kStructureFlag = 24;
constexpr std::size_t kActiveFlag = 25;
constexpr std::size_t kOffsetAt = 29;
constexpr std::size_t kOffsetBits = 6;

// Reads bits from the front; beyond the end they are 0 and failed() says so.
class BitReader {
 public:
  explicit BitReader(Bytes bytes) : bytes_(bytes) {}

  std::uint32_t bits(std::size_t count) {
    std::uint32_t value = 0;
    while (count-- > 0) value = value << 1 | static_cast<std::uint32_t>(bit());
    return value;
  }
  bool bit() {
    const std::size_t at = at_++;
    if (at >= bytes_.size() * 8) {
      failed_ = true;
      return false;
    }
    return (bytes_[at / 8] >> (7 - at % 8) & 1) != 0;
  }
  /// ns(n): a number below `limit` (AV1 specification 4.10.7).
  std::uint32_t below(std::uint32_t limit) {
    std::size_t width = 0;
    for (std::uint32_t rest = limit; rest != 0; rest >>= 1) ++width;
    const std::uint32_t shorter = (1U << width) - limit;
    const std::uint32_t value = bits(width - 1);
    return value < shorter ? value : (value << 1) - shorter + bits(1);
  }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool at_end() const { return at_ >= bytes_.size() * 8; }
  void skip(std::size_t count) { at_ += count; }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

// Writes bits from the front; beyond the end they are lost and failed() says so.
class BitWriter {
 public:
  explicit BitWriter(MutableBytes bytes) : bytes_(bytes) {}

  void bit(bool value) {
    if (at_ >= bytes_.size() * 8) {
      failed_ = true;
      return;
    }
    if (at_ % 8 == 0) bytes_[at_ / 8] = 0;
    if (value) bytes_[at_ / 8] = static_cast<std::uint8_t>(bytes_[at_ / 8] | 0x80 >> at_ % 8);
    ++at_;
  }
  void bits(std::uint32_t value, std::size_t count) {
    while (count-- > 0) bit((value >> count & 1) != 0);
  }
  [[nodiscard]] MutableBytes written() const {
    return failed_ ? MutableBytes{} : bytes_.first((at_ + 7) / 8);
  }

 private:
  MutableBytes bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

bool read_layers(BitReader& reader, DependencyStructure& structure) {
  Layer layer;
  while (!reader.failed()) {
    if (structure.template_count == DependencyStructure::kMaxTemplates) return false;
    structure.templates[structure.template_count++].layer = layer;
    switch (reader.bits(2)) {
      case 0:
        break;
      case 1:
        ++layer.temporal;
        break;
      case 2:
        layer = {static_cast<std::uint8_t>(layer.spatial + 1), 0};
        break;
      default:
        return !reader.failed();
    }
  }
  return false;
}

bool read_diffs(BitReader& reader, FrameDiffs& diffs) {
  while (reader.bit())
    if (!diffs.add(reader.bits(4) + 1)) return false;
  return true;
}

void read_chains(BitReader& reader, DependencyStructure& structure) {
  structure.chain_count = static_cast<std::uint8_t>(reader.below(structure.target_count + 1U));
  if (structure.chain_count == 0) return;
  for (std::size_t target = 0; target < structure.target_count; ++target)
    reader.below(structure.chain_count);  // by which it is protected
  for (std::size_t i = 0; i < structure.template_count; ++i)
    for (std::size_t chain = 0; chain < structure.chain_count; ++chain) reader.bits(4);
}

void find_target_layers(DependencyStructure& structure) {
  for (std::size_t target = 0; target < structure.target_count; ++target) {
    Layer& highest = structure.targets[target];
    for (std::size_t i = 0; i < structure.template_count; ++i) {
      const auto& [layer, indications, diffs] = structure.templates[i];
      if (indications.of(target) == Indication::NotPresent) continue;
      highest.spatial = std::max(highest.spatial, layer.spatial);
      highest.temporal = std::max(highest.temporal, layer.temporal);
    }
  }
}

bool read_structure(BitReader& reader, DependencyStructure& structure) {
  structure = {};
  structure.template_offset = static_cast<std::uint8_t>(reader.bits(kOffsetBits));
  structure.target_count = static_cast<std::uint8_t>(reader.bits(5) + 1);
  if (!read_layers(reader, structure)) return false;
  const auto templates = std::span(structure.templates).first(structure.template_count);
  for (auto& made : templates)
    for (std::size_t target = 0; target < structure.target_count; ++target)
      made.indications.set(target, reader.bits(2));
  for (auto& made : templates)
    if (!read_diffs(reader, made.diffs)) return false;
  read_chains(reader, structure);
  find_target_layers(structure);
  if (reader.bit())
    for (std::size_t layer = 0; layer <= templates.back().layer.spatial; ++layer) reader.bits(32);
  return !reader.failed();
}

bool read_custom_diffs(BitReader& reader, FrameDiffs& diffs) {
  diffs = {};
  for (std::uint32_t size = reader.bits(2); size != 0; size = reader.bits(2))
    if (!diffs.add(reader.bits(4 * size) + 1)) return false;
  return true;
}

// What is said by the template, and then by the frame itself where it says otherwise.
bool resolve(BitReader& reader, const DependencyStructure& structure, bool custom_indications,
             bool custom_diffs, FrameDependencies& frame) {
  const auto place = static_cast<std::uint8_t>((frame.template_id - structure.template_offset) &
                                               (DependencyStructure::kMaxTemplates - 1));
  if (place >= structure.template_count) return false;
  const DependencyStructure::Template& used = structure.templates[place];
  frame.layer = used.layer;
  frame.indications = used.indications;
  frame.diffs = used.diffs;
  if (custom_indications)
    for (std::size_t target = 0; target < structure.target_count; ++target)
      frame.indications.set(target, reader.bits(2));
  return !custom_diffs || read_custom_diffs(reader, frame.diffs);
}

}  // namespace

bool DependencyStructure::builds_on(std::uint8_t above, std::uint8_t below) const {
  const auto taken = [&](const Template& made) {
    for (std::size_t target = 0; target < target_count; ++target)
      if (targets[target].spatial == above && made.indications.of(target) != Indication::NotPresent)
        return true;
    return false;
  };
  return std::all_of(
      templates.begin(), templates.begin() + template_count,
      [&](const Template& made) { return made.layer.spatial != below || taken(made); });
}

std::optional<FrameDependencies> read_dependencies(Bytes descriptor,
                                                   const DependencyStructure* structure,
                                                   DependencyStructure* attached) {
  if (descriptor.size() < kMandatory) return std::nullopt;
  BitReader reader(descriptor);
  FrameDependencies frame;
  frame.starts_frame = reader.bit();
  frame.ends_frame = reader.bit();
  frame.template_id = static_cast<std::uint8_t>(reader.bits(6));
  frame.frame_number = static_cast<std::uint16_t>(reader.bits(16));

  const bool extended = descriptor.size() > kMandatory;
  frame.has_structure = extended && reader.bit();
  const bool has_active = extended && reader.bit();
  const bool custom_indications = extended && reader.bit();
  const bool custom_diffs = extended && reader.bit();
  if (extended) reader.bit();  // custom chains: the last thing in it
  std::optional<DependencyStructure> own;
  if (frame.has_structure) {
    if (!read_structure(reader, own.emplace())) return std::nullopt;
    structure = &*own;
  }
  if (structure == nullptr) return frame;
  if (frame.has_structure)
    frame.active_targets =
        static_cast<std::uint32_t>((std::uint64_t{1} << structure->target_count) - 1);
  frame.active_at = static_cast<std::uint16_t>(extended ? reader.at() : kOffsetAt);
  if (has_active) {
    frame.active_bits = structure->target_count;
    frame.active_targets = reader.bits(structure->target_count);
  }
  frame.resolved =
      resolve(reader, *structure, custom_indications, custom_diffs, frame) && !reader.failed();
  if (frame.has_structure && !frame.resolved) return std::nullopt;
  if (own && attached != nullptr) *attached = *own;
  return frame;
}

MutableBytes write_active_targets(MutableBytes out, Bytes descriptor,
                                  const FrameDependencies& frame, std::size_t targets,
                                  std::uint32_t active) {
  BitReader reader(descriptor);
  BitWriter writer(out);
  // One without extended fields ends before its flags, which read as 0.
  while (reader.at() < frame.active_at) {
    const bool flag = reader.at() == kActiveFlag;
    writer.bit(reader.bit() || flag);
  }
  writer.bits(active, targets);
  reader.skip(frame.active_bits);
  while (!reader.at_end()) writer.bit(reader.bit());
  return writer.written();
}

void renumber(MutableBytes descriptor, std::uint16_t frames, std::uint8_t templates) {
  constexpr unsigned kMask = DependencyStructure::kMaxTemplates - 1;
  descriptor[0] =
      static_cast<std::uint8_t>((descriptor[0] & ~kMask) | ((descriptor[0] + templates) & kMask));
  write_u16(descriptor, 1, static_cast<std::uint16_t>(read_u16(descriptor, 1) + frames));
  const bool has_structure =
      descriptor.size() > kMandatory + 1 && (descriptor[kStructureFlag / 8] & 0x80) != 0;
  if (!has_structure) return;
  // Six bits that lie across the fourth and fifth byte.
  constexpr std::size_t kAt = kOffsetAt / 8;
  constexpr std::size_t kShift = 16 - kOffsetAt % 8 - kOffsetBits;
  const std::uint16_t both = read_u16(descriptor, kAt);
  const unsigned offset = ((both >> kShift) + templates) & kMask;
  write_u16(descriptor, kAt,
            static_cast<std::uint16_t>((both & ~(kMask << kShift)) | offset << kShift));
}

}  // namespace parley::forwarding
