#include "forwarding/bandwidth.hpp"

#include <algorithm>
#include <utility>

namespace parley::forwarding {
namespace {

constexpr Duration kDivisionInterval = std::chrono::milliseconds(200);
constexpr double kSuddenFall = 0.95;  // divides at once
// Without any feedback for so long, the peer gives none, whatever it negotiated.
constexpr Duration kPatience = std::chrono::seconds(3);
// Between a stream's fall and its rise.
constexpr Duration kSettle = std::chrono::seconds(1);
// From a publisher's packets to what the network sees: extensions, SRTP, UDP and IP.
constexpr double kOnTheWire = 1.05;
constexpr std::size_t kHeaders = 28;  // of RTP and its extensions
constexpr double kSoundWeight = 0.2;
constexpr double kMinSound = 40'000;

bool is_video(const SendStream& stream) {
  return stream.description().kind == media::Kind::Video;
}

}  // namespace

Bandwidth::Bandwidth(Egress& egress, const RttEstimator& rtt) : egress_(egress), rtt_(rtt) {}

void Bandwidth::enable() {
  history_.enable();
  if (!estimator_) estimator_ = std::make_unique<congestion::Estimator>(history_);
}

void Bandwidth::on_transport_feedback(Bytes fci, Time now) {
  if (estimator_) estimator_->on_feedback(fci, rtt_.value(), now);
}

void Bandwidth::on_remb(std::uint64_t bits_per_second) {
  remb_ = bits_per_second;
  if (estimator_) estimator_->set_ceiling(static_cast<double>(bits_per_second));
}

std::optional<double> Bandwidth::limit(Time now) const {
  if (estimated()) return estimator_->rate();
  if (remb_) return static_cast<double>(*remb_);
  if (estimator_ && (!first_sent_ || now - *first_sent_ < kPatience)) return estimator_->rate();
  return std::nullopt;
}

void Bandwidth::tick(const Streams& streams, Time now) {
  if (!estimator_ && !remb_) return;
  if (!first_sent_ && history_.bytes() > 0) first_sent_ = now;
  if (estimator_) probe(streams, now);
  const auto rate = limit(now);
  const bool fell = rate && *rate < kSuddenFall * divided_;
  if (now < next_division_ && !fell) return;
  next_division_ = now + kDivisionInterval;
  measure_sound(streams, now);
  divided_ = rate.value_or(0);
  if (rate) return divide(streams, now);
  if (!std::exchange(limited_, false)) return;
  for (const auto& stream : streams) stream->set_target(kBestLayer, now);
}

void Bandwidth::forget(std::size_t place) {
  if (place < slots_.size()) slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(place));
}

// --- probing ---

void Bandwidth::probe(const Streams& streams, Time now) {
  const double wanted = division_.wanted + sound_;
  SendStream* chosen = nullptr;
  if (estimator_->probing() || wanted > estimator_->rate())
    for (const auto& stream : streams)
      if (stream->can_pad() && (chosen == nullptr || stream->state() == SendState::Flowing))
        chosen = stream.get();
  const std::size_t bytes = estimator_->tick(wanted, chosen != nullptr, now);
  if (bytes > 0 && chosen != nullptr) chosen->send_padding(bytes, now);
  estimator_->end_tick(now);
}

// --- dividing ---

void Bandwidth::measure_sound(const Streams& streams, Time now) {
  std::uint64_t bytes = 0;
  bool flows = false;
  for (const auto& stream : streams) {
    if (is_video(*stream)) continue;
    const SendStats stats = stream->stats();
    flows |= stats.state == SendState::Flowing;
    bytes += stats.bytes + stats.packets * (kHeaders + egress_.overhead());
  }
  const double since = static_cast<double>((now - sound_at_).count()) / 1e9;
  const double rate = static_cast<double>(bytes - std::min(bytes, sound_bytes_)) * 8 / since;
  if (since < 10) sound_ += (rate - sound_) * kSoundWeight;
  if (flows) sound_ = std::max(sound_, kMinSound);
  sound_bytes_ = bytes;
  sound_at_ = now;
}

void Bandwidth::divide(const Streams& streams, Time now) {
  slots_.resize(streams.size());
  claims_.resize(streams.size());
  const bool congested = estimator_ && estimator_->congested(now);
  for (std::size_t i = 0; i < streams.size(); ++i) {
    congestion::Claim& claim = claims_[i];
    const SendStream& stream = *streams[i];
    claim.count = stream.state() == SendState::Paused ? 0 : stream.options(claim.options);
    for (LayerOption& option : std::span(claim.options).first(claim.count))
      option.bits_per_second =
          static_cast<std::uint64_t>(static_cast<double>(option.bits_per_second) * kOnTheWire);
    claim.priority = stream.priority();
    claim.before = slots_[i].granted;
    claim.may_rise = now - slots_[i].fell > kSettle;
    // Until the network says no, it may well carry one more. A REMB cannot say no: it would never
    // grow over a path that carries nothing.
    claim.assured = !slots_[i].starved && !congested;
    claim.assured |= !estimated();
  }
  division_ = congestion::divide(std::max(divided_ - sound_, 0.0), claims_, congested);
  limited_ = true;
  for (std::size_t i = 0; i < streams.size(); ++i) apply(*streams[i], slots_[i], claims_[i], now);
}

void Bandwidth::apply(SendStream& stream, Slot& slot, const congestion::Claim& claim, Time now) {
  if (stream.state() == SendState::Paused) return;  // it goes on where it stopped
  // Nothing is known of what it costs, or it has no layers: as it is.
  if (claim.count == 0 || claim.options[claim.count - 1].bits_per_second == 0) {
    slot.granted.reset();
    return stream.set_target(kBestLayer, now);
  }
  std::optional<Layer> target;
  if (claim.granted) target = claim.options[*claim.granted].layer;
  if (target < slot.granted) slot.fell = now;
  slot.starved = !target;
  slot.granted = target;
  stream.set_target(target, now);
}

// --- numbers ---

std::optional<BandwidthStats> Bandwidth::stats() const {
  if (!estimated() && !remb_) return std::nullopt;
  BandwidthStats stats;
  stats.estimate = estimated() ? static_cast<std::uint64_t>(estimator_->rate()) : *remb_;
  stats.target = static_cast<std::uint64_t>(division_.granted + sound_);
  stats.rtt = rtt_.measured();
  if (!estimated()) return stats;
  stats.acked = static_cast<std::uint64_t>(estimator_->acked());
  stats.loss = estimator_->loss();
  stats.use = estimator_->use();
  stats.probing = estimator_->probing();
  return stats;
}

}  // namespace parley::forwarding
