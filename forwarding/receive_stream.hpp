// One incoming primary SSRC: its numbers, its gaps and its clock.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>

#include "forwarding/capture_clock.hpp"
#include "forwarding/rtp_packet.hpp"
#include "forwarding/stats.hpp"
#include "support/time.hpp"

namespace parley::forwarding {

class Track;

/// Pure; bound to its Peer's thread.
class ReceiveStream {
 public:
  enum class Verdict : std::uint8_t {
    Newest,
    Late,       ///< out of order, or recovered
    Duplicate,  ///< or too old to tell
  };

  /// `layer` is the place of its rid in the description, 0 without simulcast.
  ReceiveStream(std::uint32_t ssrc, Track& track, std::size_t layer,
                const PublisherClock& publisher);

  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  [[nodiscard]] Track& track() const { return track_; }
  [[nodiscard]] std::size_t layer() const { return layer_; }
  [[nodiscard]] Time last_packet() const { return last_packet_; }

  /// Takes a media packet into account. `others_flowed`: the publisher's other streams came
  /// through until now, so a pause before this packet was the sender's, not the network's.
  Verdict on_packet(const RtpPacket& packet, std::uint32_t clock_rate, bool others_flowed,
                    Time now);

  /// Changes whenever sequence numbers and timestamps begin anew. Unique within the track.
  [[nodiscard]] std::uint32_t segment() const { return segment_; }
  [[nodiscard]] std::int64_t unwrap_sequence(std::uint16_t sequence) const;
  [[nodiscard]] std::int64_t unwrap_timestamp(std::uint32_t timestamp) const;
  [[nodiscard]] std::int64_t newest_sequence() const { return newest_sequence_; }
  [[nodiscard]] const CaptureClock& clock() const { return clock_; }
  /// The server's time at which the media of a timestamp was captured, network delay included.
  [[nodiscard]] Time capture_time(std::int64_t timestamp) const {
    return clock_.capture_time(timestamp, publisher_);
  }

  [[nodiscard]] ReceiveStats stats() const { return {}; }

 private:
  static constexpr std::size_t kWindow = 1024;  // packets within which duplicates are known

  static std::size_t index(std::int64_t sequence) {
    return static_cast<std::uint64_t>(sequence) % kWindow;
  }
  void begin_sequence(std::uint16_t sequence);
  void begin_segment(std::uint32_t timestamp, std::uint32_t clock_rate);
  void advance(std::int64_t sequence);
  [[nodiscard]] bool jumped(std::uint32_t timestamp, bool others_flowed, Time now) const;

  std::uint32_t ssrc_;
  Track& track_;
  std::size_t layer_;
  const PublisherClock& publisher_;
  std::uint32_t segment_ = 0;
  Time last_packet_{};
  bool started_ = false;
  std::int64_t newest_sequence_ = 0;
  std::int64_t newest_timestamp_ = 0;
  std::optional<std::uint16_t> restart_;  // RFC 3550 A.1's bad_seq
  std::bitset<kWindow> received_;
  CaptureClock clock_;
};

}  // namespace parley::forwarding
