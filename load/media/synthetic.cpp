#include "load/media/synthetic.hpp"

#include <algorithm>
#include <utility>

namespace parley::load {
namespace {

constexpr std::uint64_t kVideoClock = 90'000;
constexpr std::uint64_t kAudioClock = 48'000;
constexpr std::uint8_t kSpeaking = 30;
constexpr std::uint8_t kSilent = 127;
constexpr Duration kTurn = std::chrono::seconds(5);

Duration interval(unsigned per_second) {
  return Duration(std::chrono::seconds(1)) / per_second;
}

template <typename Array>
void fill(Array& bytes) {
  std::uint8_t value = 0x35;
  for (std::uint8_t& byte : bytes) byte = value = static_cast<std::uint8_t>(value * 5 + 83);
}

}  // namespace

SyntheticVideo::SyntheticVideo(const VideoShape& shape, Time start) : shape_(shape), due_(start) {
  shape_.payload_size = std::clamp(shape_.payload_size, kMinPayload, kMaxPayload);
  fill(payload_);
}

void SyntheticVideo::produce(Time now, PayloadSink& sink) {
  const bool keyframe = std::exchange(keyframe_wanted_, false);
  Payload payload;
  payload.bytes = forwarding::MutableBytes(payload_).first(shape_.payload_size);
  payload.timestamp = static_cast<std::uint32_t>(frame_ * kVideoClock / shape_.frames_per_second);
  payload.spare = true;
  for (unsigned packet = 0; packet < shape_.packets_per_frame; ++packet) {
    describe(packet, keyframe);
    payload.marker = packet + 1 == shape_.packets_per_frame;
    sink.on_payload(payload);
  }
  ++frame_;
  due_ = next_due(due_, interval(shape_.frames_per_second), now);
}

/// The payload descriptor (RFC 7741 4.2: X, I, 15 bits of picture id) and, in a frame's first
/// packet, the frame's header (RFC 6386 9.1: frame tag, start code and size).
void SyntheticVideo::describe(unsigned packet, bool keyframe) {
  constexpr std::uint8_t kExtended = 0x80, kStart = 0x10, kPictureId = 0x80;
  payload_[0] = packet == 0 ? kExtended | kStart : kExtended;
  payload_[1] = kPictureId;
  forwarding::write_u16(payload_, 2, static_cast<std::uint16_t>(0x8000 | (frame_ & 0x7fff)));
  if (packet != 0) return;
  const unsigned partition = shape_.payload_size / 2;
  const unsigned tag = (keyframe ? 0U : 1U) | 0x10U | partition << 5U;  // shown, version 0
  payload_[4] = static_cast<std::uint8_t>(tag);
  payload_[5] = static_cast<std::uint8_t>(tag >> 8);
  payload_[6] = static_cast<std::uint8_t>(tag >> 16);
  if (!keyframe) return;
  constexpr std::array<std::uint8_t, 7> kStartCodeAndSize{0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
  std::ranges::copy(kStartCodeAndSize, payload_.begin() + 7);  // 640 x 360
}

SyntheticAudio::SyntheticAudio(const AudioShape& shape, Time start) : shape_(shape), due_(start) {
  shape_.payload_size = std::clamp(shape_.payload_size, kMinPayload, kMaxPayload);
  fill(payload_);
  payload_[0] = 0xfc;  // CELT, full band, 20 ms, stereo, one frame (RFC 6716 3.1)
}

void SyntheticAudio::produce(Time now, PayloadSink& sink) {
  Payload payload;
  payload.bytes = forwarding::MutableBytes(payload_).first(shape_.payload_size);
  payload.timestamp = static_cast<std::uint32_t>(packet_ * kAudioClock / shape_.packets_per_second);
  payload.marker = packet_ == 0;
  payload.spare = true;
  sink.on_payload(payload);
  ++packet_;
  due_ = next_due(due_, interval(shape_.packets_per_second), now);
}

std::uint8_t audio_level(std::size_t publisher, std::size_t publishers, Time now) {
  if (publishers == 0) return kSilent;
  const auto turn = static_cast<std::size_t>(now.time_since_epoch() / kTurn);
  return turn % publishers == publisher % publishers ? kSpeaking : kSilent;
}

}  // namespace parley::load
