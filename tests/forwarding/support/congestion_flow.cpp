#include "tests/forwarding/support/congestion_flow.hpp"

#include <utility>

namespace parley::forwarding::test {
namespace {

constexpr double kSoundRate = 60'000;
constexpr std::size_t kSoundPacket = 150;
constexpr Duration kSound = std::chrono::milliseconds(20);
constexpr Duration kFrame = std::chrono::microseconds(33'333);
constexpr Duration kTick = std::chrono::milliseconds(10);
constexpr std::size_t kPacket = 1200;
constexpr double kHeadroom = 1.1;
constexpr double kPublisherPacing = 2.5;  // as browsers pace a picture

}  // namespace

CongestionFlow::CongestionFlow(Bottleneck& link, Options options, unsigned seed, Time start)
    : link_(link),
      options_(std::move(options)),
      random_(seed),
      estimator_(history_, options_.limits),
      next_frame_(start),
      next_sound_(start),
      next_tick_(start) {
  history_.enable();
}

void CongestionFlow::run(Time now) {
  receive(now);
  if (now >= next_tick_) {
    next_tick_ += kTick;
    choose_rate();
    const double most = options_.layers.empty() ? options_.most : options_.layers.back();
    const double missing = media_rate_ < most ? most * kHeadroom + kSoundRate : 0;
    for (auto padding = static_cast<std::int64_t>(estimator_.tick(missing, !silent_, now));
         padding > 0; padding -= kPacket)
      send(kPacket, true, now);
    estimator_.end_tick(now);
  }
  if (!silent_) send_media(now);
}

void CongestionFlow::choose_rate() {
  const double left = estimator_.rate() - kSoundRate;
  if (options_.layers.empty()) {
    media_rate_ = std::clamp(left, 0.0, options_.most);
    return;
  }
  double chosen = 0;
  for (const double layer : options_.layers)
    if (layer * (layer > media_rate_ ? kHeadroom : 1) <= left) chosen = layer;
  media_rate_ = chosen;
}

void CongestionFlow::send_media(Time now) {
  for (; next_sound_ <= now; next_sound_ += kSound) send(kSoundPacket, false, now);
  for (; next_frame_ <= now; next_frame_ += kFrame) {
    const double varies = std::uniform_real_distribution<double>(0.7, 1.3)(random_);
    double bytes = media_rate_ * varies / 8 / 30;
    Time at = next_frame_;
    for (; bytes > 0; bytes -= kPacket) {
      const double part = std::min<double>(bytes, kPacket);
      paced_.emplace_back(at, static_cast<std::size_t>(part) + 1);
      at += Duration(static_cast<std::int64_t>(part * 8e9 / (kPublisherPacing * media_rate_)));
    }
  }
  for (; !paced_.empty() && paced_.front().first <= now; paced_.pop_front())
    send(paced_.front().second, false, now);
}

void CongestionFlow::send(std::size_t bytes, bool padding, Time now) {
  const std::uint16_t number = history_.next_sequence();
  history_.on_sent(bytes, now);
  const Duration queued = link_.queueing(now);
  if (const auto arrival = link_.send(bytes, now))
    forth_.push_back({number, {now, *arrival, queued, bytes, padding}});
}

void CongestionFlow::receive(Time now) {
  for (; !forth_.empty() && forth_.front().packet.arrived <= now; forth_.pop_front()) {
    const auto& [number, packet] = forth_.front();
    recorder_.on_packet(number, packet.bytes, packet.arrived);
    arrived_.push_back(packet);
  }
  if (recorder_.due(now)) {
    std::array<std::uint8_t, congestion::ArrivalRecorder::kMaxMessage> message;
    for (std::size_t size = recorder_.write(message); size > 0; size = recorder_.write(message))
      if (std::uniform_real_distribution<double>(0, 1)(random_) >= options_.feedback_loss)
        back_.push_back({now + options_.back, {message.begin(), message.begin() + size}});
    recorder_.end(now);
  }
  const Duration rtt = link_.conditions().delay + options_.back;
  for (; !back_.empty() && back_.front().at <= now; back_.pop_front())
    estimator_.on_feedback(back_.front().fci, rtt, now);
}

}  // namespace parley::forwarding::test
