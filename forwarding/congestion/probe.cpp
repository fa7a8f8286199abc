#include "forwarding/congestion/probe.hpp"

#include <algorithm>
#include <cmath>

namespace parley::forwarding::congestion {
namespace {

constexpr double kTick = 0.010;  // seconds, Peer::tick's
constexpr double kPacketBits = 1250 * 8;
constexpr double kMinSteps = 5;
constexpr double kMinPackets = 6;
constexpr std::size_t kMinPadding = 100;

// A link that passes less than this of what was sent is full.
constexpr double kUnsaturated = 0.9;
constexpr double kUtilisation = 0.95;
// A rate above the sender's by more than this was not measured but made up by the path.
constexpr double kMaxSpeedup = 2;
constexpr double kMinArrived = 0.8;

constexpr double kFirstStep = 3;
constexpr double kStep = 2;
constexpr double kBeyondWanted = 1.15;
constexpr double kBackoff = 1.5;
constexpr Duration kMaxBackoff = std::chrono::seconds(8);

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

}  // namespace

Probe::Probe(std::uint8_t id, double rate, const SendHistory& history, Time now)
    : id_(id),
      rate_(rate),
      steps_(static_cast<std::uint8_t>(
          std::clamp(std::ceil(kMinPackets * kPacketBits / (rate * kTick)), kMinSteps,
                     static_cast<double>(kMaxSteps)))),
      began_(now),
      bytes_before_(history.bytes()) {}

std::size_t Probe::due(const SendHistory& history, Time now) const {
  const double planned = rate_ / 8 * (seconds(now - began_) + kTick);
  const auto sent = static_cast<double>(history.bytes() - bytes_before_);
  const double missing = planned - sent;
  return missing < kMinPadding ? 0 : static_cast<std::size_t>(missing);
}

void Probe::end_step(SendHistory& history, Time now) {
  ++step_;
  history.mark(sending() ? id_ : 0, step_);
  if (sending()) return;
  end_ = history.end();
  ended_ = now;
}

void Probe::on_packet(const SentPacket& packet, std::optional<Time> arrived) {
  ++packets_;
  if (!arrived || packet.step >= kMaxSteps) return;
  ++arrived_;
  Step& step = results_[packet.step];
  step.bytes += packet.bytes;
  step.sent = packet.at;
  step.arrived = std::max(step.arrived, *arrived);
}

std::optional<double> Probe::result() const {
  const auto came = [](const Step& step) { return step.bytes > 0; };
  const auto first = std::find_if(results_.begin(), results_.end(), came);
  const auto last = std::find_if(results_.rbegin(), results_.rend(), came).base();
  if (arrived_ < kMinArrived * packets_ || first == results_.end() || last - first < 4)
    return std::nullopt;
  std::size_t bytes = 0;
  for (auto step = first + 1; step != last; ++step) bytes += step->bytes;
  const double sending = seconds((last - 1)->sent - first->sent);
  const double arriving = seconds((last - 1)->arrived - first->arrived);
  if (sending <= 0 || arriving <= 0) return std::nullopt;
  const double sent = static_cast<double>(bytes) * 8 / sending;
  const double received = static_cast<double>(bytes) * 8 / arriving;
  if (received > kMaxSpeedup * sent) return std::nullopt;
  return received < kUnsaturated * sent ? kUtilisation * received : std::min(sent, received);
}

std::optional<double> ProbePlan::due(const Wish& wish, Time now) const {
  if (!wish.calm || now < next_ || wish.wanted <= wish.estimate) return std::nullopt;
  return std::min(wish.estimate * (first_ ? kFirstStep : kStep), wish.wanted * kBeyondWanted);
}

// What passed is followed at once by the next step; what did not is tried again later and later,
// but not so late that a network that got better goes unnoticed.
void ProbePlan::on_result(bool passed, Time now) {
  first_ = false;
  if (passed) {
    backoff_ = kFirstBackoff;
    next_ = now;
    return;
  }
  next_ = now + backoff_;
  backoff_ = std::min(
      Duration(static_cast<std::int64_t>(static_cast<double>(backoff_.count()) * kBackoff)),
      kMaxBackoff);
}

}  // namespace parley::forwarding::congestion
