#include "load/media/inbound_stream.hpp"

#include <algorithm>

#include "forwarding/sequence.hpp"

namespace parley::load {

InboundStream::Arrival InboundStream::on_packet(std::uint16_t sequence, std::uint32_t timestamp,
                                                Time at, const Window& window, bool nack) {
  Arrival arrival;
  const std::int64_t before = all_.empty() ? sequence : all_.last();
  const std::int64_t number = forwarding::unwrap(sequence, before);
  if (all_.empty()) {
    first_timestamp_ = timestamp;
    first_at_ = at;
  }
  const bool began = !all_.empty();
  arrival.fresh = all_.add(number);
  if (!arrival.fresh) return arrival;
  // After the end only what fills a gap still counts.
  if (window.holds(at) || (!measured_.empty() && number < measured_.last())) measured_.add(number);
  if (nack && began) {
    if (number > before + 1)
      arrival.wants_keyframe = !nacks_.on_gap(before + 1, number, at);
    else if (number < before)
      if (const auto rtt = nacks_.on_late(number, at)) rtt_ = *rtt;
  }
  if (number < before) return arrival;
  // RFC 3550 A.8, in time instead of ticks.
  const auto ticks = static_cast<std::int32_t>(timestamp - first_timestamp_);
  const Duration transit =
      at - first_at_ - Duration(std::int64_t{ticks} * 1'000'000'000 / clock_rate_);
  if (transit_) jitter_ += (std::chrono::abs(transit - *transit_) - jitter_) / 16;
  transit_ = transit;
  return arrival;
}

void InboundStream::on_sender_report(const forwarding::rtcp::SenderInfo& info, Time now) {
  last_report_ = info.ntp;
  last_report_at_ = now;
}

std::size_t InboundStream::collect_nacks(Time now, std::span<std::uint16_t> out) {
  return nacks_.collect(rtt_, now, out);
}

forwarding::rtcp::ReportBlock InboundStream::report(Time now) {
  forwarding::rtcp::ReportBlock block;
  block.ssrc = ssrc_;
  if (all_.empty()) return block;
  const std::uint64_t received = all_.count(), expected = received + all_.missing();
  const auto due = static_cast<std::int64_t>(expected - expected_reported_);
  const auto lost = due - static_cast<std::int64_t>(received - received_reported_);
  if (due > 0 && lost > 0)
    block.fraction_lost = static_cast<std::uint8_t>(std::min<std::int64_t>(lost * 256 / due, 255));
  expected_reported_ = expected;
  received_reported_ = received;
  block.lost = static_cast<std::int32_t>(std::min<std::uint64_t>(expected - received, 0x7fffff));
  block.highest = static_cast<std::uint32_t>(all_.last());
  block.jitter = static_cast<std::uint32_t>(jitter_.count() * clock_rate_ / 1'000'000'000);
  if (last_report_ != 0) {
    block.last_report = forwarding::compact(last_report_);
    block.since_report = forwarding::to_compact(now - last_report_at_);
  }
  return block;
}

}  // namespace parley::load
