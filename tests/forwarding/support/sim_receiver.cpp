#include "tests/forwarding/support/sim_receiver.hpp"

#include "forwarding/rtx.hpp"
#include "forwarding/sequence.hpp"
#include "tests/forwarding/support/sim_sender.hpp"

namespace parley::forwarding::test {

void SimReceiver::on_rtp(const Buffer& bytes, Time now) {
  Buffer copy = bytes;
  auto packet = RtpPacket::parse(copy).value();
  if (packet.ssrc == description_.rtx_ssrc) {
    const auto restored = restore_rtx(copy, packet, description_.ssrc, 0);
    packet = RtpPacket::parse(restored).value();
    ++repaired_;
  }
  if (packet.payload.size() < 20) return;
  const bool first = seen_.empty();
  const std::int64_t newest = first ? packet.sequence : *seen_.rbegin();
  const std::int64_t sequence = unwrap(packet.sequence, newest);
  if (!seen_.insert(sequence).second) {
    ++duplicates_;
    return;
  }
  if (first) newest_timestamp_ = packet.timestamp;
  if (sequence > newest) {
    if (!nacks_.on_gap(newest + 1, sequence, now)) nacks_.clear();
  } else {
    nacks_.on_late(sequence, now);
  }
  const std::int64_t timestamp = unwrap(packet.timestamp, newest_timestamp_);
  newest_timestamp_ = std::max(newest_timestamp_, timestamp);
  const SimPayload payload = SimPayload::read(packet.payload);
  const bool keyframe = packet.payload[0] == 0x10 && packet.payload[1] == 0;
  packets_.push_back(
      {sequence, timestamp, payload.captured, payload.number, payload.source, keyframe, now});
}

void SimReceiver::on_sender_report(const rtcp::SenderInfo& info, Time now) {
  if (!first_report_) {
    first_report_ = info;
    report_timestamp_ = info.rtp;
  }
  report_timestamp_ = unwrap(info.rtp, report_timestamp_);
  const auto since_first = [](Duration a, Duration b) {
    return static_cast<double>((a - b).count()) / 1e9;
  };
  points_.push_back({static_cast<double>(report_timestamp_ - first_report_->rtp),
                     since_first(from_ntp(info.ntp), from_ntp(first_report_->ntp))});
  if (points_.size() > 20) points_.pop_front();
  report_ = info;
  report_at_ = now;
  ++reports_;
}

void SimReceiver::run(Time now, Link& link) {
  if (seen_.empty()) return;
  rtcp::Writer writer;
  if (description_.nack) {
    std::array<std::uint16_t, 64> numbers{};
    const std::size_t due = nacks_.collect(std::chrono::milliseconds(50), now, numbers);
    writer.nack(1, description_.ssrc, std::span(numbers).first(due));
  }
  if (now >= next_report_) {
    next_report_ = now + std::chrono::seconds(1);
    rtcp::ReportBlock block;
    block.ssrc = description_.ssrc;
    block.highest = static_cast<std::uint32_t>(*seen_.rbegin());
    if (report_) {
      block.last_report = compact(report_->ntp);
      block.since_report = to_compact(now - report_at_);
    }
    writer.receiver_report(1, {&block, 1});
  }
  if (!writer.empty()) link.send({writer.bytes().begin(), writer.bytes().end()}, now);
}

std::size_t SimReceiver::missing() const {
  if (seen_.empty()) return 0;
  return static_cast<std::size_t>(*seen_.rbegin() - *seen_.begin() + 1) - seen_.size();
}

std::optional<Duration> SimReceiver::fitted_sync_error() const {
  if (points_.size() < 2 || packets_.empty()) return std::nullopt;
  double mean_x = 0;
  double mean_y = 0;
  for (const Point& point : points_) {
    mean_x += point.timestamp / static_cast<double>(points_.size());
    mean_y += point.ntp / static_cast<double>(points_.size());
  }
  double covariance = 0;
  double variance = 0;
  for (const Point& point : points_) {
    covariance += (point.timestamp - mean_x) * (point.ntp - mean_y);
    variance += (point.timestamp - mean_x) * (point.timestamp - mean_x);
  }
  const Packet& newest = packets_.back();
  const auto timestamp = static_cast<double>(
      unwrap(static_cast<std::uint32_t>(newest.timestamp), report_timestamp_) - first_report_->rtp);
  const double ntp = mean_y + (timestamp - mean_x) * covariance / variance;
  return from_ntp(first_report_->ntp) + Duration(static_cast<std::int64_t>(ntp * 1e9)) -
         newest.captured.time_since_epoch();
}

std::optional<Duration> SimReceiver::sync_error() const {
  if (!report_ || packets_.empty()) return std::nullopt;
  const Packet& newest = packets_.back();
  const auto ticks =
      static_cast<std::int32_t>(static_cast<std::uint32_t>(newest.timestamp) - report_->rtp);
  const Duration played = from_ntp(report_->ntp) + ticks_to_duration(ticks, clock_rate());
  return played - newest.captured.time_since_epoch();
}

}  // namespace parley::forwarding::test
