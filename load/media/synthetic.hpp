// Streams that look like a camera's VP8 and a microphone's Opus to a server that does not decode.
#pragma once

#include <array>
#include <cstdint>

#include "load/media/source.hpp"

namespace parley::load {

struct VideoShape {
  unsigned frames_per_second = 30;
  unsigned packets_per_frame = 4;
  unsigned payload_size = 1100;  ///< bytes
};

/// VP8 in RTP (RFC 7741): picture ids, and a frame header that says keyframe or not. The first
/// frame is a keyframe, and the next one after each request.
class SyntheticVideo final : public Source {
 public:
  static constexpr unsigned kMinPayload = 64;
  static constexpr unsigned kMaxPayload = 1200;

  SyntheticVideo(const VideoShape& shape, Time start);

  [[nodiscard]] Time due() const override { return due_; }
  void produce(Time now, PayloadSink& sink) override;
  void request_keyframe() override { keyframe_wanted_ = true; }

 private:
  void describe(unsigned packet, bool keyframe);

  VideoShape shape_;
  Time due_;
  std::uint64_t frame_ = 0;
  bool keyframe_wanted_ = true;
  std::array<std::uint8_t, kMaxPayload> payload_{};
};

struct AudioShape {
  unsigned packets_per_second = 50;
  unsigned payload_size = 80;  ///< bytes; 32 kbit/s
};

/// Opus in RTP (RFC 7587), one frame of 20 ms a packet.
class SyntheticAudio final : public Source {
 public:
  static constexpr unsigned kMinPayload = 32;
  static constexpr unsigned kMaxPayload = 1200;

  SyntheticAudio(const AudioShape& shape, Time start);

  [[nodiscard]] Time due() const override { return due_; }
  void produce(Time now, PayloadSink& sink) override;

 private:
  AudioShape shape_;
  Time due_;
  std::uint64_t packet_ = 0;
  std::array<std::uint8_t, kMaxPayload> payload_{};
};

/// The level (RFC 6464, -dBov) of a room's `publisher`: of `publishers`, one after another speaks
/// for five seconds.
[[nodiscard]] std::uint8_t audio_level(std::size_t publisher, std::size_t publishers, Time now);

}  // namespace parley::load
