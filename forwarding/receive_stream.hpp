// One incoming primary SSRC: its numbers, its gaps and its clock.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "forwarding/capture_clock.hpp"
#include "forwarding/nack_generator.hpp"
#include "forwarding/rtcp.hpp"
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
  /// Whether a packet is missing that the publisher may yet send again.
  [[nodiscard]] bool awaits(std::int64_t sequence) const { return nacks_.awaits(sequence); }
  [[nodiscard]] const CaptureClock& clock() const { return clock_; }
  /// The server's time at which the media of a timestamp was captured, network delay included.
  [[nodiscard]] Time capture_time(std::int64_t timestamp) const {
    return clock_.capture_time(timestamp, publisher_);
  }

  [[nodiscard]] std::int64_t newest_timestamp() const { return newest_timestamp_; }

  /// The publisher's report on this stream (RFC 3550 6.4.1).
  void on_sender_report(const rtcp::SenderInfo& info, Time now);
  /// The publisher's clock was set by `step`.
  void move_report(Duration step) { clock_.move_report(step); }
  /// Packets came since the last report().
  [[nodiscard]] bool has_news() const {
    return received_reported_ != static_cast<std::int64_t>(stats_.packets);
  }
  /// What we report on it; begins a new interval (RFC 3550 A.3).
  [[nodiscard]] rtcp::ReportBlock report(Time now);
  /// As NackGenerator::collect; always nothing for audio.
  std::size_t collect_nacks(Duration rtt, Time now, std::span<std::uint16_t> out);
  /// A round trip seen since the last call: a packet asked for that came.
  [[nodiscard]] std::optional<Duration> take_rtt() { return std::exchange(rtt_, std::nullopt); }
  [[nodiscard]] ReceiveStats stats() const;

 private:
  static constexpr std::size_t kWindow = 1024;  // packets within which duplicates are known

  static std::size_t index(std::int64_t sequence) {
    return static_cast<std::uint64_t>(sequence) % kWindow;
  }
  void begin_sequence(std::uint16_t sequence);
  void begin_segment(std::uint32_t timestamp, std::uint32_t clock_rate);
  void advance(std::int64_t sequence, Time now);
  // Where somebody takes this layer.
  void ask_for_keyframe(Time now);
  void count(const RtpPacket& packet);
  void update_jitter(std::int64_t timestamp, Time now);
  [[nodiscard]] std::int64_t expected() const {
    return expected_before_ + newest_sequence_ - first_sequence_ + 1;
  }
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
  NackGenerator nacks_;
  std::optional<Duration> rtt_;

  // RFC 3550 A.3 and A.8.
  std::int64_t first_sequence_ = 0;
  std::int64_t expected_before_ = 0;  // before the sequence numbers began anew
  std::int64_t expected_reported_ = 0;
  std::int64_t received_reported_ = 0;
  Duration transit_{};
  Duration jitter_{};
  NtpTime last_report_ = 0;
  Time last_report_at_{};
  ReceiveStats stats_;
};

}  // namespace parley::forwarding
