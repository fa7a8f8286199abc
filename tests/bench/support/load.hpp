// What the benchmarks send and where to: one publisher's packets as they come, sockets that listen.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "transport/srtp.hpp"
#include "transport/udp_socket.hpp"

namespace parley::bench {

using Packet = std::vector<std::uint8_t>;

inline constexpr std::uint8_t kOpus = 111;
inline constexpr std::uint8_t kVp8 = 96;
inline constexpr std::uint32_t kAudioSsrc = 0xa0d10;
inline constexpr std::uint32_t kVideoSsrc = 0x71de0;
inline constexpr std::size_t kAudioPayload = 80;
inline constexpr std::size_t kVideoPayload = 1100;
inline constexpr std::size_t kPacketsPerFrame = 4;

/// A publisher with 30 frames of four packets and 50 packets of sound a second, about 1.1 Mbit/s.
class Source {
 public:
  /// The packets that come together: a frame or one packet of sound.
  using Burst = std::vector<Packet>;

  /// A tenth of a second, in its order in time.
  [[nodiscard]] std::vector<Burst> next_tenth();

 private:
  [[nodiscard]] Burst frame();
  [[nodiscard]] Burst sound();

  std::uint16_t video_sequence_ = 0, audio_sequence_ = 0;
  std::uint32_t video_timestamp_ = 0, audio_timestamp_ = 0;
};

/// Packets in a tenth of a second.
inline constexpr std::size_t kPacketsPerTenth = 3 * kPacketsPerFrame + 5;

/// Sockets on loopback that subscribers would read from.
class Sinks {
 public:
  explicit Sinks(std::size_t count);
  [[nodiscard]] std::size_t size() const { return sockets_.size(); }
  [[nodiscard]] const transport::Path& path(std::size_t i) const { return paths_[i]; }
  /// Throws away what has arrived; returns how much that was.
  std::size_t drain();

 private:
  std::vector<transport::UdpSocket> sockets_;
  std::vector<transport::Path> paths_;
  std::vector<std::uint8_t> room_;
};

transport::SrtpKey key(std::size_t number);

/// CPU time of the calling thread, in seconds.
double thread_cpu();

}  // namespace parley::bench
