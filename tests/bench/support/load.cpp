#include "tests/bench/support/load.hpp"

#include <ctime>

#include "forwarding/bytes.hpp"

namespace parley::bench {
namespace {

Packet make_packet(std::uint32_t ssrc, std::uint8_t payload_type, bool marker,
                   std::uint16_t sequence, std::uint32_t timestamp, std::size_t payload) {
  Packet packet(12 + payload);
  packet[0] = 0x80;
  packet[1] = static_cast<std::uint8_t>(payload_type | (marker ? 0x80 : 0));
  forwarding::write_u16(packet, 2, sequence);
  forwarding::write_u32(packet, 4, timestamp);
  forwarding::write_u32(packet, 8, ssrc);
  return packet;
}

}  // namespace

Source::Burst Source::frame() {
  Burst burst;
  for (std::size_t i = 0; i < kPacketsPerFrame; ++i) {
    burst.push_back(make_packet(kVideoSsrc, kVp8, i + 1 == kPacketsPerFrame, video_sequence_++,
                                video_timestamp_, kVideoPayload));
    burst.back()[12] = i == 0 ? 0x10 : 0x00;
  }
  video_timestamp_ += 3000;
  return burst;
}

Source::Burst Source::sound() {
  Burst burst{
      make_packet(kAudioSsrc, kOpus, false, audio_sequence_++, audio_timestamp_, kAudioPayload)};
  audio_timestamp_ += 960;
  return burst;
}

std::vector<Source::Burst> Source::next_tenth() {
  return {frame(), sound(), sound(), frame(), sound(), sound(), frame(), sound()};
}

Sinks::Sinks(std::size_t count) : room_(65536) {
  for (std::size_t i = 0; i < count; ++i) {
    sockets_.push_back(transport::UdpSocket::bind(0).value());
    paths_.push_back({{*transport::parse_ip("127.0.0.1"), sockets_.back().port(), 0}, {}});
  }
}

std::size_t Sinks::drain() {
  std::array<transport::ReceiveSlot, transport::UdpSocket::kReceiveBatch> slots;
  for (auto& slot : slots) slot.room = room_;
  std::size_t total = 0;
  for (auto& socket : sockets_)
    while (const std::size_t n = socket.receive(slots)) total += n;
  return total;
}

transport::SrtpKey key(std::size_t number) {
  transport::SrtpKey key;
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<std::uint8_t>(number * 31 + number / 7 + i);
  return key;
}

double thread_cpu() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace parley::bench
