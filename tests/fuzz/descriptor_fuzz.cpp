// What stands at the head of payloads and in dependency descriptors: whatever the bytes are, what
// is read lies within them, and what is written there is read again.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "forwarding/dependency_descriptor.hpp"
#include "forwarding/payload_descriptor.hpp"
#include "forwarding/red.hpp"

namespace parley::forwarding {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_field(const std::vector<std::uint8_t>& payload, media::CodecName codec,
                 DescriptorField PayloadDescriptor::*member) {
  const PayloadDescriptor read = read_descriptor(codec, payload);
  const DescriptorField field = read.*member;
  if (!field) return;
  require(field.at > 0 && field.at + (field.bits > 8 ? 1U : 0U) < payload.size());
  std::vector<std::uint8_t> changed = payload;
  write_field(changed, field, field.value + 1U);
  const PayloadDescriptor again = read_descriptor(codec, changed);
  require((again.*member).value == ((field.value + 1U) & ((1U << field.bits) - 1)));
  require(again.temporal == read.temporal && again.spatial == read.spatial &&
          again.starts_keyframe == read.starts_keyframe);
}

void check_payload(Bytes input) {
  const std::vector<std::uint8_t> payload(input.begin(), input.end());
  for (int codec = 0; codec <= static_cast<int>(media::CodecName::Av1); ++codec) {
    const auto name = static_cast<media::CodecName>(codec);
    check_field(payload, name, &PayloadDescriptor::picture_id);
    check_field(payload, name, &PayloadDescriptor::tl0_picture);
    check_field(payload, name, &PayloadDescriptor::key_index);
  }
  require(primary_of_red(payload).size() < std::max<std::size_t>(payload.size(), 1));
}

// Other active targets change nothing else.
void check_active_targets(Bytes bytes, const FrameDependencies& read,
                          const DependencyStructure* structure) {
  if (!read.resolved || structure == nullptr) return;
  const auto all = static_cast<std::uint32_t>((std::uint64_t{1} << structure->target_count) - 1);
  const std::uint32_t active = 0x55555555U & all;
  std::array<std::uint8_t, 600> buffer;
  const Bytes written = write_active_targets(buffer, bytes, read, structure->target_count, active);
  const auto again = read_dependencies(written, structure);
  require(again.has_value() && again->resolved && again->active_targets == active);
  require(again->frame_number == read.frame_number && again->template_id == read.template_id &&
          again->has_structure == read.has_structure && again->layer == read.layer &&
          std::equal(again->diffs.all().begin(), again->diffs.all().end(), read.diffs.all().begin(),
                     read.diffs.all().end()));
}

// Descriptors one after another, a byte of length before each, as those of one stream's packets.
void check_dependencies(Bytes input) {
  DependencyStructure structure;
  bool known = false;
  while (!input.empty()) {
    const std::size_t size = std::min<std::size_t>(input[0], input.size() - 1);
    std::vector<std::uint8_t> bytes(input.begin() + 1,
                                    input.begin() + 1 + static_cast<std::ptrdiff_t>(size));
    input = input.subspan(1 + size);
    DependencyStructure attached;
    const auto read = read_dependencies(bytes, known ? &structure : nullptr, &attached);
    if (!read) continue;
    if (read->has_structure) {
      structure = attached;
      known = true;
      require(attached.template_count > 0 && attached.target_count > 0);
    }
    check_active_targets(bytes, *read, known ? &structure : nullptr);
    // Numbers of its own change nothing else.
    DependencyStructure moved = structure;
    moved.template_offset = static_cast<std::uint8_t>((structure.template_offset + 37) % 64);
    renumber(bytes, 1234, 37);
    const auto again = read_dependencies(bytes, known ? &moved : nullptr);
    require(again.has_value() && again->resolved == read->resolved);
    require(again->frame_number == static_cast<std::uint16_t>(read->frame_number + 1234));
    require(again->layer == read->layer && again->diffs.count == read->diffs.count &&
            again->active_targets == read->active_targets);
  }
}

}  // namespace
}  // namespace parley::forwarding

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parley::forwarding::check_payload({data, size});
  parley::forwarding::check_dependencies({data, size});
  return 0;
}
