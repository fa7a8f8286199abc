#include "forwarding/layer_filter.hpp"

namespace parley::forwarding {

void LayerFilter::start(const MediaPacket& keyframe) {
  picture_ = keyframe.timestamp;
  current_ = limit_;
  decided_ = 0;
  active_targets_ = UINT32_MAX;
  told_fewer_ = false;
  if (!keyframe.dependencies) return;
  frames_.reset(keyframe.frame);
  active_since_ = keyframe.frame;
}

LayerFilter::Verdict LayerFilter::judge(const MediaPacket& packet) {
  const bool by_dependencies =
      packet.dependencies && packet.dependencies->resolved && packet.structure != nullptr;
  return by_dependencies ? judge_dependencies(packet) : judge_descriptor(packet);
}

// --- by the dependency descriptor ---

LayerFilter::Verdict LayerFilter::judge_dependencies(const MediaPacket& packet) {
  note_active(packet);
  if (const auto passed = frames_.find(packet.frame))
    return *passed ? Verdict::Pass : Verdict::Drop;
  const bool lacks = packet.frame > frames_.newest() && choose_target(packet);
  const bool passes = packet.dependencies->indications.of(target_) != Indication::NotPresent;
  frames_.add(packet.frame, passes);
  if (passes) return Verdict::Pass;
  return lacks ? Verdict::NeedsKeyframe : Verdict::Drop;
}

bool LayerFilter::choose_target(const MediaPacket& packet) {
  const FrameDependencies& frame = *packet.dependencies;
  const DependencyStructure& structure = *packet.structure;
  const std::size_t wanted = wanted_target(structure);
  bool lacks = false;
  if (frame.has_structure)
    target_ = wanted;
  else if (wanted != target_ && frame.indications.of(wanted) == Indication::Switch) {
    if (has_all(packet))
      target_ = wanted;
    else
      lacks = true;
  }
  current_ = structure.targets[target_];
  told_fewer_ = !takes_best(structure) || (told_fewer_ && !frame.has_structure);
  return lacks;
}

// Also by what comes late, unless something newer was said.
void LayerFilter::note_active(const MediaPacket& packet) {
  if (!packet.dependencies->active_targets || packet.frame < active_since_) return;
  active_targets_ = *packet.dependencies->active_targets;
  active_since_ = packet.frame;
}

bool LayerFilter::takes_best(const DependencyStructure& structure) const {
  for (std::size_t target = 0; target < structure.target_count; ++target)
    if ((active_targets_ >> target & 1U) != 0 && current_ < structure.targets[target]) return false;
  return true;
}

std::optional<std::uint32_t> LayerFilter::active_targets(const MediaPacket& packet) const {
  if (!told_fewer_ || packet.structure == nullptr || !packet.dependencies->resolved)
    return std::nullopt;
  const DependencyStructure& structure = *packet.structure;
  const bool all = takes_best(structure);
  std::uint32_t active = 0;
  for (std::size_t target = 0; target < structure.target_count; ++target) {
    const Layer layer = structure.targets[target];
    // Of smaller spatial layers too much may be missing: where only keyframes are predicted across
    // them, nothing of them goes out.
    const bool taken = layer.spatial == current_.spatial && layer.temporal <= current_.temporal;
    if (all || taken) active |= std::uint32_t{1} << target;
  }
  active &= active_targets_;
  return active != 0 ? std::optional(active) : std::nullopt;
}

// The best within the limit that is being sent; else the smallest of those that are.
std::size_t LayerFilter::wanted_target(const DependencyStructure& structure) const {
  std::optional<std::size_t> best;
  std::optional<std::size_t> smallest;
  for (std::size_t target = 0; target < structure.target_count; ++target) {
    if ((active_targets_ >> target & 1U) == 0) continue;
    const Layer layer = structure.targets[target];
    if (!smallest || layer < structure.targets[*smallest]) smallest = target;
    const bool allowed = layer.spatial <= limit_.spatial && layer.temporal <= limit_.temporal;
    if (allowed && (!best || structure.targets[*best] < layer)) best = target;
  }
  return best.value_or(smallest.value_or(0));
}

bool LayerFilter::has_all(const MediaPacket& packet) const {
  const auto diffs = packet.dependencies->diffs.all();
  return std::all_of(diffs.begin(), diffs.end(), [&](std::uint16_t diff) {
    return frames_.find(packet.frame - diff).value_or(false);
  });
}

// --- by the payload's descriptor ---

LayerFilter::Verdict LayerFilter::judge_descriptor(const MediaPacket& packet) {
  if (packet.timestamp > picture_) begin_picture(packet);
  const PayloadDescriptor& frame = packet.descriptor;
  const bool in_newest = packet.timestamp == picture_;
  if (in_newest && frame.starts_keyframe && !decided_on(picture_)) current_ = limit_;
  if (frame.spatial == 0 && frame.temporal == 0) {
    if (in_newest && frame.begins_frame) go_up(packet);
    return Verdict::Pass;
  }
  for (std::size_t age = 1; age <= decided_; ++age) {
    const Decision& made = decisions_[(next_decision_ - age) % decisions_.size()];
    if (made.timestamp == packet.timestamp && made.spatial == frame.spatial) return made.verdict;
  }
  if (in_newest && frame.begins_frame) go_up(packet);
  const Verdict verdict = verdict_on(frame);
  decisions_[next_decision_++ % decisions_.size()] = {packet.timestamp, frame.spatial, verdict};
  decided_ = std::min(decided_ + 1, decisions_.size());
  return verdict;
}

// Upper layers of the picture came before the lowest one, and were judged without it.
bool LayerFilter::decided_on(std::int64_t timestamp) const {
  return decided_ > 0 &&
         decisions_[(next_decision_ - 1) % decisions_.size()].timestamp == timestamp;
}

void LayerFilter::begin_picture(const MediaPacket& packet) {
  picture_ = packet.timestamp;
  current_.spatial = std::min(current_.spatial, limit_.spatial);
  current_.temporal = std::min(current_.temporal, limit_.temporal);
}

void LayerFilter::go_up(const MediaPacket& packet) {
  const PayloadDescriptor& frame = packet.descriptor;
  if (!frame.switching_point || current_.temporal >= limit_.temporal) return;
  if (packet.codec == media::CodecName::Vp8) {
    // It needs the lowest layer alone; the one above it may need it. So one layer at a time.
    if (frame.temporal == current_.temporal + 1) current_.temporal = frame.temporal;
  } else if (frame.temporal <= current_.temporal) {
    current_.temporal = limit_.temporal;
  }
}

LayerFilter::Verdict LayerFilter::verdict_on(const PayloadDescriptor& frame) const {
  if (frame.spatial > current_.spatial)
    return frame.spatial <= limit_.spatial ? Verdict::NeedsKeyframe : Verdict::Drop;
  return frame.temporal > current_.temporal ? Verdict::Drop : Verdict::Pass;
}

}  // namespace parley::forwarding
