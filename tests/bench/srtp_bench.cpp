// SRTP, ours and libsrtp's.
#include <cstring>

#include <benchmark/benchmark.h>

#include "forwarding/bytes.hpp"
#include "tests/bench/support/load.hpp"
#include "tests/transport/support/libsrtp.hpp"

namespace parley::bench {
namespace {

using transport::SrtpKey;

Packet packet_of(std::size_t payload) {
  Packet packet(12 + payload);
  packet[0] = 0x80;
  return packet;
}

void protect(benchmark::State& state,
             std::unique_ptr<transport::SrtpSender> (*make)(const SrtpKey&)) {
  const auto sender = make(key(1));
  Packet packet = packet_of(static_cast<std::size_t>(state.range(0)));
  Packet out(packet.size() + transport::kSrtpOverhead);
  std::uint16_t sequence = 0;
  for (auto _ : state) {
    forwarding::write_u16(packet, 2, ++sequence);
    benchmark::DoNotOptimize(sender->protect_rtp(packet, out));
  }
}

void unprotect(benchmark::State& state,
               std::unique_ptr<transport::SrtpReceiver> (*make)(const SrtpKey&)) {
  constexpr std::uint16_t kAtOnce = 1000;
  const auto sender = transport::make_srtp_sender(key(1));
  const auto receiver = make(key(1));
  Packet packet = packet_of(static_cast<std::size_t>(state.range(0)));
  const std::size_t size = packet.size() + transport::kSrtpOverhead;
  std::vector<Packet> wires(kAtOnce, Packet(size));
  std::uint16_t sequence = 0;
  while (state.KeepRunningBatch(kAtOnce)) {
    state.PauseTiming();
    for (Packet& wire : wires) {
      forwarding::write_u16(packet, 2, ++sequence);
      sender->protect_rtp(packet, wire);
    }
    state.ResumeTiming();
    for (Packet& wire : wires)
      if (!receiver->unprotect_rtp(wire)) return state.SkipWithError("refused");
  }
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(kAudioPayload)->Arg(kVideoPayload);
}

BENCHMARK_CAPTURE(protect, parley, transport::make_srtp_sender)->Apply(sizes);
BENCHMARK_CAPTURE(protect, libsrtp, transport::testing::make_libsrtp_sender)->Apply(sizes);
BENCHMARK_CAPTURE(unprotect, parley, transport::make_srtp_receiver)->Apply(sizes);
BENCHMARK_CAPTURE(unprotect, libsrtp, transport::testing::make_libsrtp_receiver)->Apply(sizes);

}  // namespace
}  // namespace parley::bench
