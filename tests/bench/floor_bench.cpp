// The least that forwarding can cost here: decrypt once, encrypt N times, one system call for many
// datagrams. And a batch by itself.
#include <benchmark/benchmark.h>

#include "forwarding/bytes.hpp"
#include "tests/bench/support/load.hpp"
#include "transport/batch.hpp"

namespace parley::bench {
namespace {

using transport::Batch;
using transport::SrtpReceiver;
using transport::SrtpSender;

/// Everyone's SRTP and the way out, and nothing else.
class Floor {
 public:
  explicit Floor(std::size_t subscribers)
      : sinks_(subscribers), lanes_(subscribers), out_(transport::UdpSocket::bind(0).value()) {
    for (std::size_t i = 0; i < subscribers; ++i)
      senders_.push_back(transport::make_srtp_sender(key(i + 1)));
  }

  /// CPU seconds.
  double forward_tenth() {
    double cpu = 0;
    for (const auto& burst : source_.next_tenth()) {
      std::vector<Packet> wires;
      for (const Packet& packet : burst) {
        wires.emplace_back(packet.size() + transport::kSrtpOverhead);
        publisher_->protect_rtp(packet, wires.back());
      }
      const double begin = thread_cpu();
      for (Packet& wire : wires) forward(wire);
      out_.send(batch_.take());
      cpu += thread_cpu() - begin;
      arrived_ += sinks_.drain();
    }
    return cpu;
  }
  [[nodiscard]] std::size_t arrived() const { return arrived_; }

 private:
  void forward(Packet& wire) {
    const auto packet = receiver_->unprotect_rtp(wire);
    for (std::size_t i = 0; i < senders_.size(); ++i) {
      if (batch_.full()) out_.send(batch_.take());
      const std::size_t size = senders_[i]->protect_rtp(*packet, batch_.reserve());
      batch_.commit(lanes_[i], sinks_.path(i), size);
    }
  }

  Source source_;
  Sinks sinks_;
  const std::unique_ptr<SrtpSender> publisher_ = transport::make_srtp_sender(key(0));
  const std::unique_ptr<SrtpReceiver> receiver_ = transport::make_srtp_receiver(key(0));
  std::vector<std::unique_ptr<SrtpSender>> senders_;
  std::vector<Batch::Lane> lanes_;
  Batch batch_;
  transport::UdpSocket out_;
  std::size_t arrived_ = 0;
};

void floor(benchmark::State& state) {
  const auto subscribers = static_cast<std::size_t>(state.range(0));
  Floor all(subscribers);
  double cpu = 0;
  for (auto _ : state) {
    const double seconds = all.forward_tenth();
    state.SetIterationTime(seconds);
    cpu += seconds;
  }
  const auto packets =
      static_cast<double>(state.iterations()) * static_cast<double>(kPacketsPerTenth * subscribers);
  state.counters["us_per_packet"] = cpu * 1e6 / packets;
  if (static_cast<double>(all.arrived()) < packets) state.SkipWithError("packets were lost");
}
BENCHMARK(floor)->Arg(3)->Arg(10)->Arg(50)->Arg(100)->Arg(200)->UseManualTime()->Unit(
    benchmark::kMicrosecond);

/// Datagrams of a video packet's size to one destination after the other, without any SRTP.
void batch_and_send(benchmark::State& state) {
  const auto at_once = static_cast<std::size_t>(state.range(0));
  Sinks sinks(50);
  auto out = transport::UdpSocket::bind(0).value();
  std::vector<Batch::Lane> lanes(sinks.size());
  Batch batch;
  double cpu = 0;
  for (auto _ : state) {
    const double begin = thread_cpu();
    for (std::size_t packet = 0; packet < at_once; ++packet) {
      for (std::size_t i = 0; i < sinks.size(); ++i) {
        (void)batch.reserve();
        batch.commit(lanes[i], sinks.path(i), kVideoPayload);
      }
    }
    out.send(batch.take());
    const double seconds = thread_cpu() - begin;
    state.SetIterationTime(seconds);
    cpu += seconds;
    sinks.drain();
  }
  state.counters["us_per_packet"] = cpu * 1e6 / static_cast<double>(state.iterations()) /
                                    static_cast<double>(at_once * sinks.size());
}
BENCHMARK(batch_and_send)->Arg(1)->Arg(4)->Arg(16)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace parley::bench
