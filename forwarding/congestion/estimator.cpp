#include "forwarding/congestion/estimator.hpp"

#include <algorithm>

#include "forwarding/congestion/transport_feedback.hpp"
#include "forwarding/sequence.hpp"

namespace parley::forwarding::congestion {
namespace {

// Less than this part of the rate is being sent: the media is what limits it.
constexpr double kLimitedBySource = 0.8;
// A queue that is worth the name.
constexpr Duration kQueueing = std::chrono::milliseconds(25);
// Between trouble and the next probe.
constexpr Duration kCalm = std::chrono::milliseconds(1500);
constexpr double kProbePassed = 0.7;
constexpr Duration kProbeTimeout = std::chrono::milliseconds(1000);
// No feedback for this long though packets were sent: the path may be gone.
constexpr Duration kSilence = std::chrono::milliseconds(1500);
constexpr Duration kDecayInterval = std::chrono::seconds(1);
constexpr double kDecay = 0.7;
constexpr Duration kCongested = std::chrono::seconds(2);

}  // namespace

Estimator::Estimator(SendHistory& history, const Limits& limits)
    : history_(history), limits_(limits), delay_(limits) {}

double Estimator::rate() const {
  double rate = delay_.rate();
  if (const auto cap = loss_.cap()) rate = std::min(rate, *cap);
  if (ceiling_) rate = std::min(rate, *ceiling_);
  return std::max(rate, limits_.min);
}

bool Estimator::congested(Time now) const {
  return now - lowered_ < kCongested;
}

void Estimator::on_feedback(Bytes fci, Duration rtt, Time now) {
  const auto feedback = TransportFeedback::parse(fci);
  if (!feedback || !history_.enabled()) return;
  references_ += reference_
                     ? (static_cast<std::int32_t>(
                            static_cast<std::uint32_t>(feedback->reference() - *reference_) << 8) >>
                        8)
                     : feedback->reference();
  reference_ = feedback->reference();
  const ArrivalTicks reference = references_ * kReferenceTicks;
  const std::int64_t base = unwrap(feedback->base(), history_.end() - 1);
  feedback->for_each([&](std::uint16_t offset, std::optional<ArrivalTicks> ticks) {
    SentPacket* sent = history_.find(base + offset);
    if (sent == nullptr || sent->fate == SentPacket::Fate::Arrived) return;
    if (ticks)
      on_arrival(*sent, Time((reference + *ticks) * kArrivalTick));
    else
      on_missing(*sent);
  });
  last_feedback_ = now;
  sent_at_feedback_ = history_.end();
  if (probe_ && !probe_->sending()) finish_probe(base + feedback->count(), now);

  const auto acked = acked_.bits_per_second();
  const double sent = sent_.bits_per_second().value_or(0);
  const double before = rate();
  delay_.update({trend_.use(), acked, sent < kLimitedBySource * delay_.rate(), rtt}, now);
  const bool queueing = trend_.use() == BandwidthUse::Overuse || trend_.queueing() > kQueueing;
  loss_.update({delay_.rate(), acked, queueing, limits_.min}, now);
  if (queueing) disturbed_ = now;
  if (rate() < before) lowered_ = now;
  // More was sent than was known to pass, and it passed.
  if (acked && trend_.use() == BandwidthUse::Normal && now - lowered_ > kCongested)
    delay_.raise(std::min(*acked, sent));
}

void Estimator::on_arrival(SentPacket& sent, Time arrived) {
  if (std::exchange(sent.fate, SentPacket::Fate::Arrived) == SentPacket::Fate::Missing)
    loss_.on_late();
  else
    loss_.on_packet(false);
  acked_.add(sent.bytes, arrived);
  if (sent.probe != 0) {
    if (probe_ && probe_->id() == sent.probe) probe_->on_packet(sent, arrived);
    return;  // it is meant to make a queue
  }
  if (const auto delta = arrivals_.on_packet(sent.at, arrived)) trend_.on_group(*delta);
}

void Estimator::on_missing(SentPacket& sent) {
  if (std::exchange(sent.fate, SentPacket::Fate::Missing) == SentPacket::Fate::Missing) return;
  loss_.on_packet(true);
  if (probe_ && sent.probe == probe_->id()) probe_->on_packet(sent, std::nullopt);
}

void Estimator::finish_probe(std::int64_t told, Time now) {
  if (told < probe_->end() && now - probe_->ended() < kProbeTimeout) return;
  const auto result = probe_->result();
  if (result) {
    delay_.raise(*result);
    loss_.raise(*result);
  }
  plan_.on_result(result && *result >= kProbePassed * probe_->rate(), now);
  // The queue it made is no trend.
  arrivals_ = {};
  trend_.restart();
  probe_.reset();
}

std::size_t Estimator::tick(double wanted, bool can_pad, Time now) {
  sent_.add(history_.bytes() - std::exchange(bytes_seen_, history_.bytes()), now);
  note_silence(now);
  if (!probe_ && can_pad) {
    const double most = std::min(limits_.max, ceiling_.value_or(limits_.max));
    const bool calm = now - disturbed_ > kCalm;
    if (const auto rate = plan_.due({std::min(wanted, most), this->rate(), calm}, now)) {
      if (++probes_ == 0) ++probes_;
      probe_.emplace(probes_, *rate, history_, now);
      history_.mark(probes_, 0);
    }
  }
  if (!probe_) return 0;
  if (!probe_->sending()) {
    if (now - probe_->ended() > kProbeTimeout) finish_probe(0, now);
    return 0;
  }
  return probe_->due(history_, now);
}

void Estimator::end_tick(Time now) {
  if (probe_ && probe_->sending()) probe_->end_step(history_, now);
}

void Estimator::note_silence(Time now) {
  if (!last_feedback_ || sent_at_feedback_ == history_.end()) {
    decayed_ = now;
    return;
  }
  if (now - *last_feedback_ < kSilence || now - decayed_ < kDecayInterval) return;
  decayed_ = now;
  delay_.reduce(kDecay);
  lowered_ = now;
  disturbed_ = now;
}

}  // namespace parley::forwarding::congestion
