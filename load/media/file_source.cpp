#include "load/media/file_source.hpp"

#include <algorithm>
#include <utility>

namespace parley::load {

FileSource::FileSource(std::shared_ptr<const FileMedia> media, Time start)
    : media_(std::move(media)), due_(start) {}

std::size_t FileSource::following(std::size_t packet) const {
  return (packet + 1) % media_->packets().size();
}

void FileSource::skip_to_keyframe() {
  const auto& packets = media_->packets();
  while (!packets[next_].starts_keyframe) next_ = following(next_);
}

void FileSource::produce(Time now, PayloadSink& sink) {
  if (std::exchange(keyframe_wanted_, false)) skip_to_keyframe();
  const auto& packets = media_->packets();
  const std::uint32_t frame = packets[next_].timestamp;
  std::size_t last = next_;
  do {
    const FileMedia::Packet& packet = packets[next_];
    std::ranges::copy(media_->payload(packet), payload_.begin());
    Payload payload;
    payload.bytes = forwarding::MutableBytes(payload_).first(packet.size);
    payload.timestamp = timestamp_;
    payload.marker = packet.marker;
    sink.on_payload(payload);
    last = std::exchange(next_, following(next_));
  } while (next_ > last && packets[next_].timestamp == frame);
  const std::uint32_t end = next_ > last ? packets[next_].timestamp : media_->length();
  const std::uint32_t ticks = end - frame;
  timestamp_ += ticks;
  due_ = next_due(
      due_, Duration(std::chrono::seconds(1)) * std::int64_t{ticks} / media_->clock_rate(), now);
}

}  // namespace parley::load
