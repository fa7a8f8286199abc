// A call between a publisher and a subscriber for the fuzz targets, with what must always hold.
#pragma once

#include <array>
#include <cstdlib>
#include <vector>

#include "forwarding/peer.hpp"
#include "forwarding/rtp_packet.hpp"

namespace parley::forwarding::test {

/// Ends the process when something other than valid RTP with our own SSRCs would go out.
class CheckingEgress : public Egress {
 public:
  [[nodiscard]] bool ready() const override { return true; }
  [[nodiscard]] std::span<std::uint8_t> rtp_buffer() override { return space_; }
  void send_rtp(std::size_t size) override {
    if (size > space_.size()) std::abort();
    const auto packet = RtpPacket::parse(Bytes(space_).first(size));
    if (!packet || packet->ssrc < 100 || packet->ssrc > 103) std::abort();
  }
  void send_rtcp(Bytes compound) override {
    if (compound.empty() || compound.size() > kMaxPacket || compound.size() % 4 != 0) std::abort();
  }

 private:
  std::array<std::uint8_t, kMaxPacket> space_{};
};

class FuzzCall : public PeerObserver {
 public:
  FuzzCall() {
    const media::Codec opus{media::CodecName::Opus, 111, std::nullopt, 48000, 2, ""};
    const std::vector<media::Codec> video{{media::CodecName::Vp8, 96, 97, 90000, 0, ""},
                                          {media::CodecName::Vp9, 98, 99, 90000, 0, ""},
                                          {media::CodecName::H264, 102, 103, 90000, 0, ""},
                                          {media::CodecName::Av1, 45, 46, 90000, 0, ""}};
    media::ExtensionMap extensions;
    for (std::uint8_t i = 0; i < static_cast<std::uint8_t>(media::Extension::kCount); ++i)
      extensions.set(static_cast<media::Extension>(i), static_cast<std::uint8_t>(i + 1));

    media::Receive receive;
    receive.mid = "0";
    receive.codecs = {opus};
    receive.extensions = extensions;
    publish(receive, media::Kind::Audio, 1);
    receive.mid = "1";
    receive.kind = media::Kind::Video;
    receive.codecs = video;
    receive.rids = {"l", "h"};
    receive.ssrcs = {7};
    receive.rtx = {{7, 9}};
    receive.remb = true;
    receive.transport_cc = true;
    publish(receive, media::Kind::Video, 2);

    media::Send send;
    send.mid = "a";
    send.codecs = {opus};
    send.extensions = extensions;
    send.ssrc = 100;
    subscriber_.set_send(send).attach(*publisher_.find_track(1), now_);
    send.mid = "b";
    send.kind = media::Kind::Video;
    send.codecs = video;
    send.ssrc = 102;
    send.rtx_ssrc = 103;
    send.nack = true;
    send.transport_cc = true;
    subscriber_.set_send(send).attach(*publisher_.find_track(2), now_);
  }

  void on_rtp(std::vector<std::uint8_t> packet, Duration pause) {
    now_ += pause;
    const Incoming incoming = publisher_.on_rtp(packet, now_);
    if (incoming.track != nullptr) incoming.track->fan_out()->forward(incoming.packet, now_);
    publisher_.tick(now_);
    subscriber_.tick(now_);
  }
  /// To both peers: the one that sends and the one that receives.
  void on_rtcp(Bytes compound) {
    publisher_.on_rtcp(compound, now_);
    subscriber_.on_rtcp(compound, now_);
  }
  /// Some packets of a VP8 stream with SSRC 7, so that there is something to report and to resend.
  void flow() {
    for (int i = 0; i < 5; ++i) {
      const auto number = static_cast<std::uint8_t>(++sequence_);
      on_rtp({0x80, 96, 0, number, 0, 0, number, 0, 0, 0, 0, 7, 0x10, 0, 1, 2},
             std::chrono::milliseconds(300));
    }
  }

  void on_codec(TrackKey, media::CodecName) override {}
  void on_speaking(TrackKey, const Speech&) override {}

 private:
  void publish(const media::Receive& receive, media::Kind kind, TrackKey key) {
    publisher_.add_track(key, kind);
    publisher_.set_receive(receive, key);
  }

  Time now_{std::chrono::seconds(1000)};
  CheckingEgress egress_;
  Peer publisher_{egress_, *this, 1, "publisher"};
  Peer subscriber_{egress_, *this, 2, "subscriber"};
  unsigned sequence_ = 0;
};

}  // namespace parley::forwarding::test
