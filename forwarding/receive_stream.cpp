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

// Timestamps that come earlier than they can, or go back, by more than this were set anew.
constexpr Duration kMaxStray = std::chrono::milliseconds(500);
constexpr Duration kPause = std::chrono::milliseconds(500);
constexpr Duration kTooLate = std::chrono::milliseconds(300);

// Between capture and arrival, by a sender report that is to be believed.
constexpr Duration kMinDelay = -std::chrono::milliseconds(300);
constexpr Duration kMaxDelay = std::chrono::seconds(5);

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
    if (const auto rtt = nacks_.on_late(sequence, now)) rtt_ = rtt;
    ++stats_.late;
    count(packet);
    return Verdict::Late;
  } else {
    advance(sequence, now);
    if (clock_rate != clock_.clock_rate() || jumped(packet.timestamp, others_flowed, now))
      begin_segment(packet.timestamp, clock_rate);
  }
  newest_timestamp_ = unwrap_timestamp(packet.timestamp);
  clock_.on_packet(newest_timestamp_, now);
  update_jitter(newest_timestamp_, now);
  last_packet_ = now;
  count(packet);
  return Verdict::Newest;
}

bool ReceiveStream::jumped(std::uint32_t timestamp, bool others_flowed, Time now) const {
  const std::int64_t unwrapped = unwrap_timestamp(timestamp);
  const Duration lateness = clock_.lateness(unwrapped, now);
  const Duration step = ticks_to_duration(unwrapped - newest_timestamp_, clock_.clock_rate());
  if (lateness < -kMaxStray || step < -kMaxStray) return true;
  // Sound that was paused may go on where its timestamps stopped. The same is seen after the
  // network stood still; but then nothing else came either. Pictures carry the time of capture.
  return track_.kind() == media::Kind::Audio && others_flowed && now - last_packet_ > kPause &&
         lateness > kTooLate;
}

void ReceiveStream::begin_sequence(std::uint16_t sequence) {
  if (started_) expected_before_ = expected();
  // Above all numbers before, so that unwrapped numbers never repeat.
  newest_sequence_ = (started_ ? (newest_sequence_ | 0xffff) + 1 : 0) + sequence;
  first_sequence_ = newest_sequence_;
  started_ = true;
  restart_.reset();
  nacks_.clear();
  received_.reset();
  received_.set(index(newest_sequence_));
}

void ReceiveStream::begin_segment(std::uint32_t timestamp, std::uint32_t clock_rate) {
  segment_ = track_.next_segment();
  newest_timestamp_ = timestamp;
  clock_.reset(clock_rate, newest_timestamp_);
  transit_ = {};
}

void ReceiveStream::advance(std::int64_t sequence, Time now) {
  const std::int64_t window = kWindow;
  if (sequence - newest_sequence_ >= window) received_.reset();
  for (std::int64_t missing = std::max(newest_sequence_, sequence - window) + 1; missing < sequence;
       ++missing)
    received_.reset(index(missing));
  const bool asks = track_.kind() == media::Kind::Video;
  if (asks && !nacks_.on_gap(newest_sequence_ + 1, sequence, now)) ask_for_keyframe(now);
  newest_sequence_ = sequence;
  received_.set(index(sequence));
  restart_.reset();
}

void ReceiveStream::ask_for_keyframe(Time now) {
  TrackLayer& layer = track_.layer(layer_);
  if (!layer.subscribers().empty()) track_.request_keyframe(layer, now);
}

// --- statistics and reports ---

void ReceiveStream::count(const RtpPacket& packet) {
  ++stats_.packets;
  stats_.bytes += packet.payload.size();
}

void ReceiveStream::update_jitter(std::int64_t timestamp, Time now) {
  const Duration transit =
      now.time_since_epoch() - ticks_to_duration(timestamp, clock_.clock_rate());
  if (transit_ != Duration{}) jitter_ += (std::chrono::abs(transit - transit_) - jitter_) / 16;
  transit_ = transit;
}

void ReceiveStream::on_sender_report(const rtcp::SenderInfo& info, Time now) {
  last_report_ = info.ntp;
  last_report_at_ = now;
  if (!started_ || !publisher_.known()) return;
  const Duration ntp = from_ntp(info.ntp);
  const std::int64_t timestamp = unwrap_timestamp(info.rtp);
  // Believed only where it agrees with what came: senders may report on timestamps that they have
  // left since, or leave the NTP time unset.
  const Time newest_captured = publisher_.to_server(
      ntp + ticks_to_duration(newest_timestamp_ - timestamp, clock_.clock_rate()));
  const Duration delay = last_packet_ - newest_captured;
  if (delay > kMinDelay && delay < kMaxDelay) clock_.on_report(timestamp, ntp);
}

rtcp::ReportBlock ReceiveStream::report(Time now) {
  constexpr std::int64_t kMaxLost = 0x7fffff;
  const std::int64_t received = static_cast<std::int64_t>(stats_.packets);
  const std::int64_t expected_now = expected() - std::exchange(expected_reported_, expected());
  const std::int64_t received_now = received - std::exchange(received_reported_, received);
  const std::int64_t lost_now =
      std::clamp<std::int64_t>(expected_now - received_now, 0, expected_now);

  rtcp::ReportBlock block;
  block.ssrc = ssrc_;
  if (expected_now > 0)
    block.fraction_lost =
        static_cast<std::uint8_t>(std::min<std::int64_t>(lost_now * 256 / expected_now, 255));
  block.lost =
      static_cast<std::int32_t>(std::clamp(expected() - received, -kMaxLost - 1, kMaxLost));
  block.highest = static_cast<std::uint32_t>(newest_sequence_);
  block.jitter = static_cast<std::uint32_t>(duration_to_ticks(jitter_, clock_.clock_rate()));
  block.last_report = compact(last_report_);
  if (last_report_ != 0) block.since_report = to_compact(now - last_report_at_);
  return block;
}

std::size_t ReceiveStream::collect_nacks(Duration rtt, Time now, std::span<std::uint16_t> out) {
  const std::size_t count = nacks_.collect(rtt, now, out);
  stats_.nacks += count;
  // The pictures that build on what is lost for good can only be replaced.
  if (nacks_.take_given_up()) ask_for_keyframe(now);
  return count;
}

ReceiveStats ReceiveStream::stats() const {
  ReceiveStats stats = stats_;
  stats.ssrc = ssrc_;
  if (started_) stats.lost = expected() - static_cast<std::int64_t>(stats_.packets);
  stats.jitter = jitter_;
  return stats;
}

}  // namespace parley::forwarding
