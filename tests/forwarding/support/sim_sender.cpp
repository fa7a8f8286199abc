#include "tests/forwarding/support/sim_sender.hpp"

#include "forwarding/capture_clock.hpp"

namespace parley::forwarding::test {
namespace {

Buffer payload(media::Kind kind, const SimPayload& content, bool keyframe, bool first) {
  Buffer bytes(kind == media::Kind::Audio ? 80 : 1000);
  bytes[0] = first ? 0x10 : 0x00;  // VP8: begins a frame or goes on with it
  bytes[1] = keyframe ? 0x00 : 0x01;
  write_u64(bytes, SimPayload::kOffset,
            static_cast<std::uint64_t>(content.captured.time_since_epoch().count()));
  write_u32(bytes, SimPayload::kOffset + 8, content.number);
  write_u32(bytes, SimPayload::kOffset + 12, content.source);
  return bytes;
}

Buffer text(const std::string& value) {
  return {value.begin(), value.end()};
}

}  // namespace

SimPayload SimPayload::read(Bytes payload) {
  return {Time{Duration(static_cast<std::int64_t>(read_u64(payload, kOffset)))},
          read_u32(payload, kOffset + 8), read_u32(payload, kOffset + 12)};
}

SimSender::SimSender(Options options, unsigned seed, Time start)
    : options_(std::move(options)),
      random_(seed),
      sequence_(static_cast<std::uint16_t>(random_())),
      timestamp_base_(static_cast<std::uint32_t>(random_())),
      next_capture_(start),
      next_report_(start + options_.first_report) {}

std::uint32_t SimSender::timestamp(Time captured) const {
  return timestamp_base_ +
         static_cast<std::uint32_t>(duration_to_ticks(options_.clock.at(captured), clock_rate()));
}

void SimSender::set_stalled(bool stalled, Time now) {
  paused_ = stalled;
  if (stalled) {
    stalled_since_ = now;
  } else if (stalled_since_) {
    timestamp_base_ -=
        static_cast<std::uint32_t>(duration_to_ticks(now - *stalled_since_, clock_rate()));
    stalled_since_.reset();
  }
}

void SimSender::run(Time now, Link& link) {
  for (; next_capture_ <= now; next_capture_ += options_.interval) {
    if (paused_) continue;
    const double part = std::uniform_real_distribution<double>(0, 1)(random_);
    const auto jitter =
        static_cast<std::int64_t>(part * static_cast<double>(options_.send_delay_jitter.count()));
    pending_.emplace(next_capture_ + options_.send_delay + Duration(jitter), next_capture_);
  }
  while (!pending_.empty() && pending_.begin()->first <= now) {
    send_frame(pending_.begin()->second, now, link);
    pending_.erase(pending_.begin());
  }
  if (next_report_ <= now) {
    if (number_ > 0) send_report(now, link);
    next_report_ += options_.report_interval;
  }
}

void SimSender::send_frame(Time captured, Time now, Link& link) {
  const bool video = options_.kind == media::Kind::Video;
  const bool keyframe = video && std::exchange(keyframe_, false);
  if (keyframe) ++keyframes_;
  for (unsigned i = 0; i < options_.packets_per_frame; ++i) {
    Rtp packet;
    packet.payload_type = video ? kVp8 : kOpus;
    packet.sequence = sequence_++;
    packet.timestamp = timestamp(captured);
    packet.ssrc = options_.ssrc;
    packet.marker = video && i + 1 == options_.packets_per_frame;
    if (!options_.mid.empty()) packet.extensions.push_back({4, text(options_.mid)});
    if (!options_.rid.empty()) packet.extensions.push_back({6, text(options_.rid)});
    packet.payload = payload(options_.kind, {captured, number_++, options_.ssrc}, keyframe, i == 0);
    Buffer bytes = packet.to_bytes();
    sent_[packet.sequence] = bytes;
    link.send(std::move(bytes), now);
  }
}

void SimSender::on_nack(std::uint16_t sequence, Time now, Link& link) {
  const auto found = sent_.find(sequence);
  if (found == sent_.end()) return;
  if (options_.rtx_ssrc == 0) return link.send(found->second, now);
  link.send(to_rtx(found->second, options_.rtx_ssrc, kVp8Rtx, rtx_sequence_++), now);
}

void SimSender::send_report(Time now, Link& link) {
  rtcp::Writer writer;
  writer.sender_report({options_.ssrc, static_cast<NtpTime>(0), timestamp(now), number_, 0});
  Buffer bytes(writer.bytes().begin(), writer.bytes().end());
  const Duration ntp = options_.clock.at(now) + report_offset_;
  const auto nanos = static_cast<std::uint64_t>(ntp.count());
  write_u32(bytes, 8, static_cast<std::uint32_t>(nanos / 1'000'000'000));
  write_u32(bytes, 12, static_cast<std::uint32_t>((nanos % 1'000'000'000 << 32) / 1'000'000'000));
  link.send(std::move(bytes), now);
}

}  // namespace parley::forwarding::test
