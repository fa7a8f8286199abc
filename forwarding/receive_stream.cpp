#include "forwarding/receive_stream.hpp"

#include <algorithm>

#include "forwarding/sequence.hpp"
#include "forwarding/track.hpp"

namespace parley::forwarding {
namespace {

// RFC 3550 A.1: further ahead than this, the sender has begun anew.
constexpr std::int64_t kMaxDropout = 3000;

// What lies between capture and sending as far as sender reports tell: libwebrtc stamps sound when
// it hands it to the sender and pictures when the camera made them.
constexpr Duration send_delay(media::Kind kind) {
  return kind == media::Kind::Audio ? Duration{} : Duration(std::chrono::milliseconds(10));
}

// Timestamps may stray this far from arrival before they count as set anew.
constexpr Duration kTooEarly = std::chrono::milliseconds(500);
constexpr Duration kPause = std::chrono::milliseconds(500);
constexpr Duration kTooLate = std::chrono::milliseconds(300);

}  // namespace

ReceiveStream::ReceiveStream(std::uint32_t ssrc, Track& track, std::size_t layer,
                             const PublisherClock& publisher)
    : ssrc_(ssrc),
      track_(track),
      layer_(layer),
      publisher_(publisher),
      clock_(send_delay(track.kind())) {}

std::int64_t ReceiveStream::unwrap_sequence(std::uint16_t sequence) const {
  return unwrap(sequence, newest_sequence_);
}

std::int64_t ReceiveStream::unwrap_timestamp(std::uint32_t timestamp) const {
  return unwrap(timestamp, newest_timestamp_);
}

ReceiveStream::Verdict ReceiveStream::on_packet(const RtpPacket& packet, std::uint32_t clock_rate,
                                                bool others_flowed, Time now) {
  std::int64_t sequence = unwrap_sequence(packet.sequence);
  const std::int64_t step = sequence - newest_sequence_;
  if (!started_) {
    begin_sequence(packet.sequence);
    begin_segment(packet.timestamp, clock_rate);
  } else if (step > kMaxDropout || step <= -static_cast<std::int64_t>(kWindow)) {
    // Two packets in a row out there are a sender that began anew (RFC 3550 A.1), one is astray.
    if (restart_ != packet.sequence) {
      restart_ = static_cast<std::uint16_t>(packet.sequence + 1);
      return Verdict::Duplicate;
    }
    begin_sequence(packet.sequence);
    begin_segment(packet.timestamp, clock_rate);
  } else if (step <= 0) {
    if (received_[index(sequence)]) return Verdict::Duplicate;
    received_.set(index(sequence));
    return Verdict::Late;
  } else {
    advance(sequence);
    if (clock_rate != clock_.clock_rate() || jumped(packet.timestamp, others_flowed, now))
      begin_segment(packet.timestamp, clock_rate);
  }
  newest_timestamp_ = unwrap_timestamp(packet.timestamp);
  clock_.on_packet(newest_timestamp_, now);
  last_packet_ = now;
  return Verdict::Newest;
}

bool ReceiveStream::jumped(std::uint32_t timestamp, bool others_flowed, Time now) const {
  const Duration lateness = clock_.lateness(unwrap_timestamp(timestamp), now);
  if (lateness < -kTooEarly) return true;
  // Sound that was paused may go on where its timestamps stopped. The same is seen after the
  // network stood still; but then nothing else came either. Pictures carry the time of capture.
  return track_.kind() == media::Kind::Audio && others_flowed && now - last_packet_ > kPause &&
         lateness > kTooLate;
}

void ReceiveStream::begin_sequence(std::uint16_t sequence) {
  // Above all numbers before, so that unwrapped numbers never repeat.
  newest_sequence_ = (started_ ? (newest_sequence_ | 0xffff) + 1 : 0) + sequence;
  started_ = true;
  restart_.reset();
  received_.reset();
  received_.set(index(newest_sequence_));
}

void ReceiveStream::begin_segment(std::uint32_t timestamp, std::uint32_t clock_rate) {
  segment_ = track_.next_segment();
  newest_timestamp_ = timestamp;
  clock_.reset(clock_rate, newest_timestamp_);
}

void ReceiveStream::advance(std::int64_t sequence) {
  if (sequence - newest_sequence_ >= static_cast<std::int64_t>(kWindow)) received_.reset();
  for (std::int64_t missing =
           std::max(newest_sequence_ + 1, sequence - static_cast<std::int64_t>(kWindow) + 1);
       missing < sequence; ++missing)
    received_.reset(index(missing));
  newest_sequence_ = sequence;
  received_.set(index(sequence));
  restart_.reset();
}

}  // namespace parley::forwarding
