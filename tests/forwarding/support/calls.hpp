// A publisher with one track and a subscriber with one slot, driven packet by packet.
#pragma once

#include <algorithm>

#include "forwarding/rtcp.hpp"
#include "forwarding/rtt.hpp"
#include "tests/forwarding/support/peers.hpp"

namespace parley::forwarding::test {

/// What a Peer's RTCP asked for.
struct Feedback : rtcp::Handler {
  void on_sender_report(const rtcp::SenderInfo& info) override { senders.push_back(info); }
  void on_report_block(const rtcp::ReportBlock& block) override { blocks.push_back(block); }
  void on_bye(std::uint32_t) override {}
  void on_nack(std::uint32_t media, std::uint16_t sequence) override {
    nacks.emplace_back(media, sequence);
  }
  void on_keyframe_request(std::uint32_t media) override { keyframes.push_back(media); }
  void on_remb(std::uint64_t bits) override { bitrates.push_back(bits); }

  std::vector<rtcp::SenderInfo> senders;
  std::vector<rtcp::ReportBlock> blocks;
  std::vector<std::pair<std::uint32_t, std::uint16_t>> nacks;
  std::vector<std::uint32_t> keyframes;
  std::vector<std::uint64_t> bitrates;
};

/// Reads and forgets what `peer` has sent.
inline Feedback take_feedback(TestPeer& peer) {
  Feedback feedback;
  for (const Buffer& compound : peer.egress.rtcp) rtcp::read(compound, feedback);
  peer.egress.rtcp.clear();
  return feedback;
}

/// One RTCP packet made by `write(writer)`.
template <typename Write>
Buffer rtcp_packet(Write write) {
  rtcp::Writer writer;
  write(writer);
  return {writer.bytes().begin(), writer.bytes().end()};
}

inline constexpr TrackKey kTrack = 7;
inline constexpr std::uint32_t kSource = 1000;
inline constexpr std::uint32_t kSourceRtx = 1001;
inline constexpr std::uint32_t kSlot = 2000;
inline constexpr std::uint32_t kSlotRtx = 2001;

class VideoCall {
 public:
  VideoCall() : VideoCall(receive_line("v", vp8(), kSource, kSourceRtx)) {}
  explicit VideoCall(const media::Receive& line) {
    track = &publisher.peer.add_track(kTrack, media::Kind::Video);
    publisher.peer.set_receive(line, kTrack);
    slot = &subscriber.peer.set_send(send_line("slot", vp8(), kSlot, kSlotRtx));
  }

  void attach() { slot->attach(*track, now); }
  void wait(Duration duration) {
    for (const Time end = now + duration; now < end;) {
      now += 10ms;
      publisher.peer.tick(now);
      subscriber.peer.tick(now);
    }
  }
  /// The publisher sends one packet of VP8; numbers may be given to leave some out.
  void send(bool keyframe) { send(++sequence, keyframe); }
  void send(std::uint16_t number, bool keyframe) {
    Rtp packet = video(number);
    packet.payload = vp8_payload(keyframe, 30, static_cast<std::uint8_t>(number));
    publisher.take(packet.to_bytes(), now);
  }
  [[nodiscard]] static Rtp video(std::uint16_t number) {
    Rtp packet;
    packet.payload_type = kVp8;
    packet.sequence = number;
    packet.timestamp = number * 3000U;
    packet.ssrc = kSource;
    packet.payload = vp8_payload(false, 30, static_cast<std::uint8_t>(number));
    return packet;
  }
  void ask_again(std::uint16_t number) {
    subscriber.peer.on_rtcp(
        rtcp_packet([&](rtcp::Writer& writer) { writer.nack(1, kSlot, std::array{number}); }), now);
  }
  /// Header and payload of what the subscriber got, in order.
  [[nodiscard]] std::vector<RtpPacket> received() const {
    std::vector<RtpPacket> packets;
    for (const Buffer& bytes : subscriber.egress.rtp)
      packets.push_back(RtpPacket::parse(bytes).value());
    return packets;
  }
  /// The received sequence numbers, counted from the first.
  [[nodiscard]] std::vector<int> numbers() const {
    std::vector<int> row;
    for (const RtpPacket& packet : received())
      row.push_back(static_cast<std::int16_t>(packet.sequence - received().front().sequence));
    return row;
  }

  Time now = kStart;
  std::uint16_t sequence = 100;
  TestPeer publisher{1};
  TestPeer subscriber{2};
  Track* track = nullptr;
  SendStream* slot = nullptr;
};

}  // namespace parley::forwarding::test
