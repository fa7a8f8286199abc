// Peers without a network: what they send is kept for the test to look at.
#pragma once

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "forwarding/peer.hpp"
#include "tests/forwarding/support/rtp.hpp"

namespace parley::forwarding::test {

using namespace std::chrono_literals;

class FakeEgress : public Egress {
 public:
  [[nodiscard]] bool ready() const override { return ready_; }
  [[nodiscard]] std::span<std::uint8_t> rtp_buffer() override { return space_; }
  void send_rtp(std::size_t size) override {
    rtp.emplace_back(space_.begin(), space_.begin() + size);
  }
  void send_rtcp(std::span<const std::uint8_t> compound) override {
    rtcp.emplace_back(compound.begin(), compound.end());
  }
  void set_ready(bool ready) { ready_ = ready; }

  std::vector<Buffer> rtp;
  std::vector<Buffer> rtcp;

 private:
  bool ready_ = true;
  std::array<std::uint8_t, kMaxPacket> space_{};
};

class FakeObserver : public PeerObserver {
 public:
  void on_codec(TrackKey track, media::CodecName codec) override {
    codecs.emplace_back(track, codec);
  }
  void on_speaking(TrackKey track, const Speech& speech) override {
    const std::pair news(track, speech.speaking);
    if (speakers.empty() || speakers.back() != news) speakers.push_back(news);
  }

  std::vector<std::pair<TrackKey, media::CodecName>> codecs;
  std::vector<std::pair<TrackKey, bool>> speakers;  ///< who began or ended
};

/// A Peer with its surroundings.
struct TestPeer {
  explicit TestPeer(std::uint32_t ssrc) : peer(egress, observer, ssrc, "server") {}

  /// What transport and pipeline do with a packet: takes it in and forwards what came of it.
  Incoming take(Buffer bytes, Time now) {
    const Incoming incoming = peer.on_rtp(bytes, now);
    if (incoming.track != nullptr) incoming.track->fan_out()->forward(incoming.packet, now);
    return {incoming.track, {}};
  }

  FakeEgress egress;
  FakeObserver observer;
  Peer peer;
};

inline constexpr Time kStart{1000s};

}  // namespace parley::forwarding::test
