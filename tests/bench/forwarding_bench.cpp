// The pure part of a packet's way: reading it once, rewriting it for every subscriber.
#include <benchmark/benchmark.h>

#include "forwarding/peer.hpp"
#include "forwarding/rtp_packet.hpp"
#include "tests/bench/support/load.hpp"
#include "tests/bench/support/media.hpp"

namespace parley::bench {
namespace {

using forwarding::Peer;

/// Takes everything and sends nothing.
struct NoEgress final : forwarding::Egress {
  [[nodiscard]] bool ready() const override { return true; }
  [[nodiscard]] std::span<std::uint8_t> rtp_buffer() override { return room; }
  void send_rtp(std::size_t size) override { bytes += size; }
  void send_rtcp(std::span<const std::uint8_t>) override {}

  std::array<std::uint8_t, forwarding::kMaxPacket> room{};
  std::uint64_t bytes = 0;
};

struct NoObserver final : forwarding::PeerObserver {
  void on_codec(forwarding::TrackKey, media::CodecName) override {}
  void on_speaking(forwarding::TrackKey, const forwarding::Speech&) override {}
};

struct Member {
  explicit Member(std::uint32_t ssrc) : peer(egress, observer, ssrc, "cname") {}
  NoEgress egress;
  NoObserver observer;
  Peer peer;
};

void parse(benchmark::State& state) {
  const Packet packet = Source().next_tenth().front().front();
  for (auto _ : state) benchmark::DoNotOptimize(forwarding::RtpPacket::parse(packet));
}
BENCHMARK(parse);

/// From Peer::on_rtp to the last subscriber's Egress.
void rewrite(benchmark::State& state) {
  const auto count = static_cast<std::size_t>(state.range(0));
  Member publisher(1);
  for (const media::Kind kind : kKinds) describe_track(publisher.peer, kind);
  std::vector<std::unique_ptr<Member>> subscribers;
  Time time = now();
  for (std::uint32_t i = 0; i < count; ++i) {
    subscribers.push_back(std::make_unique<Member>(i + 2));
    for (const media::Kind kind : kKinds)
      subscribers.back()
          ->peer.set_send(send_line(kind, 1000 + 2 * i))
          .attach(*publisher.peer.find_track(track_of(kind)), time);
  }
  Source source;
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(kPacketsPerTenth * count))) {
    state.PauseTiming();
    auto bursts = source.next_tenth();
    time += std::chrono::milliseconds(100);
    state.ResumeTiming();
    for (auto& burst : bursts) {
      for (Packet& packet : burst) {
        const auto incoming = publisher.peer.on_rtp(packet, time);
        incoming.track->fan_out()->forward(incoming.packet, time);
      }
    }
  }
}
BENCHMARK(rewrite)->Arg(3)->Arg(50)->Arg(200);

}  // namespace
}  // namespace parley::bench
