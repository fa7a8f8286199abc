// The floor at the pace of a call: it sleeps between frames as a server does, and wakes up with
// cold caches for one packet at a time. A whole server under the same load compares with this one.
#include <thread>

#include <benchmark/benchmark.h>
#include <poll.h>

#include "tests/bench/support/load.hpp"
#include "transport/batch.hpp"

namespace parley::bench {
namespace {

using namespace std::chrono_literals;
using transport::Batch;
using transport::UdpSocket;
using Clock = std::chrono::steady_clock;

constexpr int kTenths = 30;

/// Sends what a publisher does, in real time, and empties the subscribers' sockets.
class Publisher {
 public:
  Publisher(const transport::Path& to, Sinks& sinks) : to_(to), sinks_(sinks) {}

  void run() {
    const auto start = Clock::now();
    for (int tenth = 0; tenth < kTenths; ++tenth) {
      const auto bursts = source_.next_tenth();
      for (std::size_t i = 0; i < bursts.size(); ++i) {
        std::this_thread::sleep_until(start + tenth * 100ms + 100ms * i / bursts.size());
        send(bursts[i]);
        arrived_ += sinks_.drain();
      }
    }
    std::this_thread::sleep_for(50ms);
    arrived_ += sinks_.drain();
  }
  [[nodiscard]] std::size_t arrived() const { return arrived_; }

 private:
  void send(const Source::Burst& burst) {
    for (const Packet& packet : burst) {
      Packet wire(packet.size() + transport::kSrtpOverhead);
      protect_->protect_rtp(packet, wire);
      out_.send_one(to_, wire);
    }
  }

  transport::Path to_;
  Sinks& sinks_;
  Source source_;
  const std::unique_ptr<transport::SrtpSender> protect_ = transport::make_srtp_sender(key(0));
  UdpSocket out_ = UdpSocket::bind(0).value();
  std::size_t arrived_ = 0;
};

class Forwarder {
 public:
  explicit Forwarder(const Sinks& sinks) : sinks_(sinks), lanes_(sinks.size()) {
    for (std::size_t i = 0; i < sinks.size(); ++i)
      senders_.push_back(transport::make_srtp_sender(key(i + 1)));
    for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i].room = rooms_[i];
  }

  [[nodiscard]] transport::Path path() const {
    return {{*transport::parse_ip("127.0.0.1"), socket_.port(), 0}, {}};
  }

  /// Until `packets` have come, or nothing more does.
  void run(std::size_t packets) {
    pollfd readable{socket_.fd(), POLLIN, 0};
    while (packets > 0 && poll(&readable, 1, 1000) > 0) {
      const std::size_t count = socket_.receive(slots_);
      for (std::size_t i = 0; i < count; ++i) forward(slots_[i].room.first(slots_[i].size));
      socket_.send(batch_.take());
      packets -= std::min(packets, count);
    }
  }

 private:
  void forward(std::span<std::uint8_t> wire) {
    const auto packet = receiver_->unprotect_rtp(wire);
    for (std::size_t i = 0; packet && i < senders_.size(); ++i) {
      if (batch_.full()) socket_.send(batch_.take());
      batch_.commit(lanes_[i], sinks_.path(i), senders_[i]->protect_rtp(*packet, batch_.reserve()));
    }
  }

  const Sinks& sinks_;
  UdpSocket socket_ = UdpSocket::bind(0).value();
  const std::unique_ptr<transport::SrtpReceiver> receiver_ = transport::make_srtp_receiver(key(0));
  std::vector<std::unique_ptr<transport::SrtpSender>> senders_;
  std::vector<Batch::Lane> lanes_;
  Batch batch_;
  std::array<std::array<std::uint8_t, 2048>, UdpSocket::kReceiveBatch> rooms_;
  std::array<transport::ReceiveSlot, UdpSocket::kReceiveBatch> slots_;
};

void paced_floor(benchmark::State& state) {
  Sinks sinks(static_cast<std::size_t>(state.range(0)));
  const auto forwarder = std::make_unique<Forwarder>(sinks);
  Publisher publisher(forwarder->path(), sinks);
  constexpr std::size_t kPackets = kTenths * kPacketsPerTenth;
  for (auto _ : state) {
    std::thread sending([&] { publisher.run(); });
    const double begin = thread_cpu();
    forwarder->run(kPackets);
    const double seconds = thread_cpu() - begin;
    sending.join();
    state.SetIterationTime(seconds);
    const auto forwarded = static_cast<double>(kPackets * sinks.size());
    state.counters["us_per_packet"] = seconds * 1e6 / forwarded;
    if (static_cast<double>(publisher.arrived()) < forwarded)
      state.SkipWithError("packets were lost");
  }
}
BENCHMARK(paced_floor)
    ->Arg(3)
    ->Arg(10)
    ->Arg(50)
    ->Arg(100)
    ->Arg(200)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace parley::bench
