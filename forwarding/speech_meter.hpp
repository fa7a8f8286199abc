// Who speaks, and how much, from the audio levels that senders put on their packets (RFC 6464).
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "support/time.hpp"

namespace parley::forwarding {

/// What is told of a track when speech begins or ends on it, and five times a second in between.
/// `duty` and `level` are of the time since the one before: the share of packets that stood out of
/// the noise, and by how many dB all of them did in the mean.
struct Speech {
  bool speaking = false;
  float duty = 0;
  float level = 0;
};

/// Tells speech from the track's own noise. Speech has gaps in which the level falls back to the
/// noise, so the noise is what the level keeps falling to: it is followed down at once and up
/// slowly. A sound without gaps (a fan, a hum) is noise after some seconds, however loud; until
/// then it counts as speech. Speaking begins with three packets close together that stand out, so
/// that a click is none, and ends after a pause longer than those between words. Pure; a few
/// operations a packet.
class SpeechMeter {
 public:
  /// In dB over silence (127 less the extension's -dBov): speech is at 85 to 105, a quiet room
  /// below 67. Noise is never taken to be less than that.
  static constexpr float kQuiet = 67;
  static constexpr float kStandsOut = 12;
  static constexpr float kNoiseRise = 3;      ///< dB a second
  static constexpr float kNoiseFall = 0.25F;  ///< of the difference, a packet
  static constexpr Duration kBeginWithin = std::chrono::milliseconds(1200);
  static constexpr Duration kEndAfter = std::chrono::milliseconds(800);
  static constexpr Duration kReport = std::chrono::milliseconds(200);

  /// One packet's extension byte. Returns what is to be told.
  std::optional<Speech> on_level(std::uint8_t value, Time now) {
    const float level = level_of(value);
    follow_noise(level, now);
    const float over = std::max(level - noise_, 0.0F);
    ++packets_;
    over_ += over;
    if (over < kStandsOut) return tick(now);
    ++loud_packets_;
    last_loud_ = now;
    const bool close = loud_[next_] && now - *loud_[next_] <= kBeginWithin;
    loud_[next_] = now;
    next_ = (next_ + 1) % loud_.size();
    if (close && !speaking_) {
      speaking_ = true;
      return report(now);
    }
    return tick(now);
  }

  std::optional<Speech> tick(Time now) {
    if (speaking_ && now - last_loud_ > kEndAfter) {
      speaking_ = false;
      return report(now);
    }
    if (now - reported_ < kReport) return std::nullopt;
    const Speech speech = report(now);
    return speaking_ ? std::optional(speech) : std::nullopt;
  }

 private:
  /// The V bit says whether the sender takes the packet for voice. A sender that never sets it does
  /// not know (browsers without DTX always set it).
  float level_of(std::uint8_t value) {
    const bool voice = (value & 0x80) != 0;
    knows_voice_ |= voice;
    return knows_voice_ && !voice ? 0 : static_cast<float>(127 - (value & 0x7f));
  }

  void follow_noise(float level, Time now) {
    constexpr Duration kLongest = std::chrono::milliseconds(100);
    const std::chrono::duration<float> passed = std::min(now - last_packet_, kLongest);
    last_packet_ = now;
    if (level > noise_)
      noise_ = std::min(noise_ + kNoiseRise * passed.count(), level);
    else
      noise_ = std::max(noise_ + (level - noise_) * kNoiseFall, kQuiet);
  }

  Speech report(Time now) {
    reported_ = now;
    const auto packets = static_cast<float>(packets_);
    const Speech speech =
        !speaking_ || packets_ == 0
            ? Speech{speaking_}
            : Speech{true, static_cast<float>(loud_packets_) / packets, over_ / packets};
    packets_ = loud_packets_ = 0;
    over_ = 0;
    return speech;
  }

  std::array<std::optional<Time>, 2> loud_;  // the loud packets before, the older one at next_
  std::size_t next_ = 0;
  Time last_loud_{};
  Time last_packet_{};
  Time reported_{};
  float noise_ = kQuiet;
  float over_ = 0;
  std::uint32_t packets_ = 0;  // since the last report, as the sums
  std::uint32_t loud_packets_ = 0;
  bool speaking_ = false;
  bool knows_voice_ = false;
};

}  // namespace parley::forwarding
