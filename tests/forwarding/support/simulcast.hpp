// A publisher whose track is sent in layers, and a subscriber with one slot.
#pragma once

#include <array>
#include <functional>
#include <set>
#include <string>

#include "tests/forwarding/support/calls.hpp"

namespace parley::forwarding::test {

/// A VP8 payload with picture id (15 bits), TL0PICIDX and temporal layer (RFC 7741 4.2).
inline Buffer vp8_layered(std::uint16_t picture, std::uint8_t tl0, std::uint8_t temporal, bool sync,
                          bool keyframe, bool begins = true) {
  Buffer payload(60);
  payload[0] = begins ? 0x90 : 0x80;
  payload[1] = 0xf0;
  write_u16(payload, 2, 0x8000 | (picture & 0x7fff));
  payload[4] = tl0;
  payload[5] = static_cast<std::uint8_t>(temporal << 6 | (sync ? 0x20 : 0));
  payload[6] = keyframe ? 0x00 : 0x01;
  return payload;
}

/// What a subscriber's decoder reads of a VP8 packet made by vp8_layered().
struct Vp8Frame {
  explicit Vp8Frame(const RtpPacket& packet)
      : picture(read_u16(packet.payload, 2) & 0x7fff),
        tl0(packet.payload[4]),
        temporal(packet.payload[5] >> 6),
        keyframe((packet.payload[0] & 0x10) != 0 && (packet.payload[6] & 1) == 0),
        begins((packet.payload[0] & 0x10) != 0),
        layer(packet.payload[7]) {}
  int picture;
  int tl0;
  int temporal;
  bool keyframe;
  bool begins;
  int layer;
};

/// Pictures come every 33 ms; each is sent in all layers that are on, two packets a layer.
class SimulcastCall {
 public:
  static constexpr std::array<std::string_view, 3> kRids{"q", "h", "f"};

  SimulcastCall() {
    auto line = receive_line("v", vp8(), 0);
    line.rids.assign(kRids.begin(), kRids.end());
    track = &publisher.peer.add_track(kTrack, media::Kind::Video);
    publisher.peer.set_receive(line, kTrack);
    slot = &subscriber.peer.set_send(send_line("slot", vp8(), kSlot, kSlotRtx));
  }

  struct LayerSource {
    std::uint32_t ssrc;
    std::uint16_t sequence;
    std::uint32_t timestamp;  // random base
    std::uint16_t picture;
    std::uint8_t tl0;
    bool on = true;
    bool keyframe = true;  // the next is one
    unsigned packets = 2;
  };

  void attach() { slot->attach(*track, now); }
  /// One picture of every layer that is on; keyframes as the server asked for them.
  void picture() {
    now += 33ms;
    const int temporal = std::array{0, 2, 1, 2}[pictures % 4];
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (sources[i].on) send_layer(i, temporal);
    ++pictures;
    publisher.peer.tick(now);
    subscriber.peer.tick(now);
    answer_requests();
  }
  void run(Duration duration) {
    for (const Time end = now + duration; now < end;) picture();
  }
  void answer_requests() {
    const Feedback feedback = take_feedback(publisher);
    for (const auto& [asked, number] : feedback.nacks) nacked.insert(asked);
    for (const std::uint32_t asked : feedback.keyframes) {
      requests.push_back(asked);
      for (LayerSource& source : sources)
        if (answers && source.ssrc == asked) source.keyframe = true;
    }
  }
  void send_layer(std::size_t index, int temporal) {
    LayerSource& source = sources[index];
    const bool keyframe = source.keyframe && temporal == 0;
    if (keyframe) source.keyframe = false;
    if (temporal == 0) ++source.tl0;
    ++source.picture;
    for (unsigned part = 0; part < source.packets; ++part) {
      Rtp packet = VideoCall::video(++source.sequence);
      packet.ssrc = source.ssrc;
      packet.timestamp = source.timestamp + static_cast<std::uint32_t>(pictures * 2970);
      packet.marker = part + 1 == source.packets;
      packet.extensions = {{4, {'v'}}, {6, {static_cast<std::uint8_t>(kRids[index][0])}}};
      packet.payload = vp8_layered(source.picture, source.tl0, static_cast<std::uint8_t>(temporal),
                                   temporal > 0, keyframe, part == 0);
      packet.payload[7] = static_cast<std::uint8_t>(index);
      packet.payload.resize(60 + index * 200);
      way(packet.to_bytes());
    }
  }
  [[nodiscard]] std::vector<RtpPacket> received() const {
    std::vector<RtpPacket> packets;
    for (const Buffer& bytes : subscriber.egress.rtp)
      packets.push_back(RtpPacket::parse(bytes).value());
    return packets;
  }
  /// The layers that came, each run of one as one number.
  [[nodiscard]] std::vector<int> layers_seen() const {
    std::vector<int> row;
    for (const RtpPacket& packet : received())
      if (row.empty() || row.back() != packet.payload[7]) row.push_back(packet.payload[7]);
    return row;
  }
  [[nodiscard]] std::vector<LayerOption> options() const {
    std::array<LayerOption, kMaxLayerOptions> all;
    return {all.begin(), all.begin() + slot->options(all)};
  }

  /// How packets come to the server; a test may lose and hold some.
  std::function<void(Buffer)> way = [this](Buffer bytes) { publisher.take(std::move(bytes), now); };
  Time now = kStart;
  std::array<LayerSource, 3> sources{LayerSource{31, 65500, 0xfffff000, 32700, 250},
                                     LayerSource{32, 10, 1234567, 100, 3},
                                     LayerSource{33, 20000, 7654321, 20000, 77}};
  unsigned pictures = 0;
  bool answers = true;  // the publisher does what it is asked for
  std::vector<std::uint32_t> requests;
  std::set<std::uint32_t> nacked;  // streams of which packets were asked for again
  TestPeer publisher{1};
  TestPeer subscriber{2};
  Track* track = nullptr;
  SendStream* slot = nullptr;
};

}  // namespace parley::forwarding::test
