#include "forwarding/layer_filter.hpp"

namespace parley::forwarding {

void LayerFilter::start(const MediaPacket& keyframe) {
  picture_ = keyframe.timestamp;
  current_ = limit_;
  decided_ = 0;
}

LayerFilter::Verdict LayerFilter::judge(const MediaPacket& packet) {
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
