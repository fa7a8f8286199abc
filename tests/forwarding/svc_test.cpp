// Layers inside one stream: AV1 by the dependency descriptor, VP9 by its own.
#include "tests/forwarding/support/svc.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::forwarding::test {
namespace {

class Svc : public ::testing::Test {
 protected:
  void run(SvcSource& source, Duration duration) {
    for (const Time end = now + duration; now < end;) {
      now += 33ms;
      source.picture(now);
      take();
    }
  }
  void take() {
    for (const Buffer& bytes : subscriber.egress.rtp) {
      packets.push_back(bytes);
      const auto packet = RtpPacket::parse(packets.back()).value();
      decoder.on_packet(packet, slot.description().extensions);
    }
    subscriber.egress.rtp.clear();
  }
  void expect_one_row() const {
    for (std::size_t i = 1; i < packets.size(); ++i) {
      const auto before = RtpPacket::parse(packets[i - 1]).value();
      const auto packet = RtpPacket::parse(packets[i]).value();
      EXPECT_EQ(packet.sequence, static_cast<std::uint16_t>(before.sequence + 1)) << i;
      // The marker stands where the picture ends, and nowhere else.
      EXPECT_EQ(before.marker, packet.timestamp != before.timestamp) << i;
    }
    EXPECT_EQ(decoder.unreadable, 0);
    EXPECT_EQ(decoder.undecodable, 0);
    EXPECT_EQ(decoder.dropped_keyframes, 0);
  }
  [[nodiscard]] std::vector<LayerOption> options() const {
    std::array<LayerOption, kMaxLayerOptions> all;
    return {all.begin(), all.begin() + slot.options(all)};
  }

  Time now = kStart;
  TestPeer subscriber{2};
  SendStream& slot = subscriber.peer.set_send(send_line("slot", av1(), kSlot, kSlotRtx));
  std::vector<Buffer> packets;
  DependencyDecoder decoder;
};

TEST_F(Svc, AllLayersFlowWhereNobodyLimitsThem) {
  SvcSource source(10, 65000, 60);
  slot.attach(*source.track, now);
  run(source, 2s);
  EXPECT_EQ(slot.stats().layer, (Layer{2, 2}));
  EXPECT_EQ(decoder.last.spatial, 2);
  expect_one_row();
}

TEST_F(Svc, ListsSpatialLayersOfTheStream) {
  SvcSource source(10, 65000, 60);
  slot.attach(*source.track, now);
  run(source, 3s);
  const auto all = options();
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all.front().layer, (Layer{0, 0}));
  EXPECT_EQ(all[3].layer, (Layer{1, 2}));
  EXPECT_EQ(all.back().layer, (Layer{2, 2}));
  EXPECT_GT(all.back().bits_per_second, all[3].bits_per_second);
}

TEST_F(Svc, OfKeySvcALayerCostsNothingOfThoseBelow) {
  SvcSource key(10, 10, 30, {3, true});
  SvcSource full(20, 10, 30, {3, false});
  slot.attach(*key.track, now);
  run(key, 3s);
  const std::uint64_t alone = options().back().bits_per_second;
  slot.attach(*full.track, now);
  run(full, 3s);
  EXPECT_LT(alone * 3, options().back().bits_per_second * 2);
}

TEST_F(Svc, ReceiversAreToldWhichTargetsTheyGet) {
  SvcSource source(10, 10, 0, {2, false});
  slot.attach(*source.track, now);
  run(source, 1s);
  EXPECT_EQ(decoder.active, 0x3fU);
  slot.set_target(Layer{1, 1}, now);
  run(source, 500ms);
  EXPECT_EQ(decoder.active, 0x18U);
  slot.set_target(Layer{0, 0}, now);
  run(source, 500ms);
  EXPECT_EQ(decoder.active, 0x01U);
  slot.set_target(Layer{0, 2}, now);
  run(source, 500ms);
  EXPECT_EQ(decoder.active, 0x07U);
  slot.set_target(kBestLayer, now);
  run(source, 1s);
  EXPECT_EQ(decoder.active, 0x3fU);
  expect_one_row();
}

TEST_F(Svc, APublisherThatComesBackWithLowerFrameNumbersIsReadAnew) {
  SvcSource source(10, 20000, 30, {2, false});
  slot.attach(*source.track, now);
  run(source, 1s);
  const auto before = decoder.decoded.size();
  source.begin_anew(20, 5, 0);
  run(source, 1s);
  EXPECT_GT(decoder.decoded.size(), before + 40);
  slot.set_target(Layer{0, 2}, now);
  run(source, 500ms);
  EXPECT_EQ(slot.stats().layer, (Layer{0, 2}));
  EXPECT_EQ(decoder.last.spatial, 0);
  EXPECT_EQ(decoder.unreadable, 0);
  EXPECT_EQ(decoder.undecodable, 0);
}

TEST_F(Svc, TemporalLayersGoAndComeWithoutAKeyframe) {
  SvcSource source(10, 10, 0, {1, true});
  slot.attach(*source.track, now);
  run(source, 1s);
  source.requests = 0;
  for (const std::uint8_t temporal : std::array<std::uint8_t, 6>{1, 0, 2, 0, 1, 2}) {
    slot.set_target(Layer{0, temporal}, now);
    run(source, 500ms);
    EXPECT_EQ(slot.stats().layer, (Layer{0, temporal}));
  }
  EXPECT_EQ(source.requests, 0);
  expect_one_row();
}

TEST_F(Svc, FullSvcGoesDownAtOnceAndUpAtAKeyframe) {
  SvcSource source(10, 10, 30, {3, false});
  slot.attach(*source.track, now);
  run(source, 1s);
  source.requests = 0;
  slot.set_target(Layer{0, 2}, now);
  run(source, 200ms);
  EXPECT_EQ(slot.stats().layer, (Layer{0, 2}));
  EXPECT_EQ(source.requests, 0);
  slot.set_target(Layer{1, 2}, now);
  run(source, 1s);
  EXPECT_EQ(slot.stats().layer, (Layer{1, 2}));
  EXPECT_EQ(source.requests, 1);
  expect_one_row();
}

// Chromium decodes no picture that lacks a spatial layer, nor what is predicted from it.
TEST_F(Svc, WhatWasLostOfALayerThatNoLongerFlowsBecomesAKeyframe) {
  SvcSource source(10, 10, 30, {3, false});
  slot.attach(*source.track, now);
  run(source, 1s);
  const auto lost = RtpPacket::parse(packets.back()).value();
  ASSERT_EQ(lost.payload[1], 2) << "of the highest layer";
  source.requests = 0;
  slot.set_target(Layer{0, 2}, now);
  run(source, 200ms);
  packets.clear();
  subscriber.peer.on_rtcp(
      rtcp_packet([&](rtcp::Writer& writer) { writer.nack(1, kSlot, std::array{lost.sequence}); }),
      now);
  EXPECT_TRUE(subscriber.egress.rtp.empty()) << "nothing is sent again on a narrow way";
  run(source, 100ms);
  EXPECT_EQ(source.requests, 1);
  EXPECT_EQ(slot.stats().layer, (Layer{0, 2}));
}

TEST_F(Svc, OfKeySvcOnlyTheLayerThatIsShownFlowsBetweenKeyframes) {
  SvcSource source(10, 10, 30);
  slot.attach(*source.track, now);
  run(source, 1s);
  slot.set_target(Layer{1, 2}, now);
  run(source, 1s);
  EXPECT_EQ(slot.stats().layer, (Layer{1, 2}));
  packets.clear();
  source.keyframe = false;
  run(source, 500ms);
  for (const Buffer& bytes : packets) EXPECT_EQ(RtpPacket::parse(bytes)->payload[1], 1);
  slot.set_target(kBestLayer, now);
  run(source, 1s);
  EXPECT_EQ(slot.stats().layer, (Layer{2, 2}));
  expect_one_row();
}

TEST_F(Svc, ALayerThatThePublisherStopsIsReplacedByTheNext) {
  SvcSource source(10, 10, 30, {3, false});
  slot.attach(*source.track, now);
  run(source, 2s);
  source.sending = 2;
  source.keyframe = true;
  run(source, 1500ms);
  EXPECT_EQ(options().back().layer, (Layer{1, 2}));
  EXPECT_EQ(slot.stats().layer, (Layer{1, 2}));
  EXPECT_EQ(decoder.last.spatial, 1);
}

TEST_F(Svc, TheNextTrackOfASlotGoesOnWithFrameNumbersAndOtherTemplates) {
  SvcSource first(10, 60000, 0);
  SvcSource second(20, 5, 0, {2, false});
  slot.attach(*first.track, now);
  run(first, 1s);
  const auto before = decoder.decoded.size();
  slot.attach(*second.track, now);
  run(second, 1s);
  EXPECT_GT(decoder.decoded.size(), before + 40);
  second.keyframe = true;
  run(second, 1s);
  slot.attach(*first.track, now);
  run(first, 1s);
  expect_one_row();
}

TEST_F(Svc, WithoutDescriptorsTheWholeStreamFlows) {
  SvcSource source(10, 10, 30);
  source.with_descriptor = false;
  slot.attach(*source.track, now);
  slot.set_target(Layer{0, 0}, now);
  run(source, 1s);
  EXPECT_EQ(packets.size(), 31 * 6U);
}

// --- VP9 ---

Buffer vp9_payload(std::uint16_t picture, std::uint8_t tl0, int spatial, int temporal,
                   bool keyframe, bool begins, bool ends) {
  Buffer payload(40);
  payload[0] =
      static_cast<std::uint8_t>(0xa0 | (keyframe ? 0 : 0x40) | (begins ? 8 : 0) | (ends ? 4 : 0));
  write_u16(payload, 1, 0x8000 | (picture & 0x7fff));
  payload[3] =
      static_cast<std::uint8_t>(temporal << 5 | 0x10 | spatial << 1 | (spatial > 0 ? 1 : 0));
  payload[4] = tl0;
  return payload;
}

class Vp9Svc : public ::testing::Test {
 protected:
  static media::Codec vp9() { return {media::CodecName::Vp9, 98, 99, 90000, 0, ""}; }

  Vp9Svc() {
    publisher.peer.set_receive(receive_line("v", vp9(), 10), kTrack);
    slot.attach(track, now);
  }
  void picture() {
    now += 33ms;
    const int temporal = keyframe ? 0 : std::array{0, 2, 1, 2}[pictures % 4];
    if (keyframe) pictures = 0;
    if (temporal == 0) ++tl0;
    ++number;
    for (int s = 0; s < 3; ++s)
      for (int part = 0; part < 2; ++part) {
        Rtp packet{.payload_type = 98, .sequence = ++sequence, .timestamp = timestamp, .ssrc = 10};
        packet.marker = s == 2 && part == 1;
        packet.payload = vp9_payload(number, tl0, s, temporal, keyframe, part == 0, part == 1);
        publisher.take(packet.to_bytes(), now);
      }
    timestamp += 2970;
    keyframe = false;
    ++pictures;
    publisher.peer.tick(now);
    for ([[maybe_unused]] const auto asked : take_feedback(publisher).keyframes) {
      ++requests;
      keyframe = true;
    }
  }
  void run(int count) {
    while (count-- > 0) picture();
  }
  [[nodiscard]] std::vector<RtpPacket> received() const {
    std::vector<RtpPacket> all;
    for (const Buffer& bytes : subscriber.egress.rtp)
      all.push_back(RtpPacket::parse(bytes).value());
    return all;
  }
  static int spatial_of(const RtpPacket& packet) { return packet.payload[3] >> 1 & 7; }
  static int temporal_of(const RtpPacket& packet) { return packet.payload[3] >> 5; }

  Time now = kStart;
  TestPeer publisher{1};
  TestPeer subscriber{2};
  Track& track = publisher.peer.add_track(kTrack, media::Kind::Video);
  SendStream& slot = subscriber.peer.set_send(send_line("slot", vp9(), kSlot, kSlotRtx));
  bool keyframe = true;
  int requests = 0;
  unsigned pictures = 0;
  std::uint16_t number = 32760;
  std::uint8_t tl0 = 250;
  std::uint16_t sequence = 65530;
  std::uint32_t timestamp = 77;
};

TEST_F(Vp9Svc, SpatialLayersGoDownAtAPictureAndUpAtAKeyframe) {
  run(30);
  slot.set_target(Layer{1, 2}, now);
  const std::size_t down = received().size();
  run(30);
  EXPECT_EQ(slot.stats().layer, (Layer{1, 2}));
  EXPECT_EQ(requests, 0);
  slot.set_target(Layer{2, 2}, now);
  const std::size_t up = received().size();
  run(30);
  EXPECT_EQ(slot.stats().layer, (Layer{2, 2}));
  EXPECT_EQ(requests, 1);

  const auto packets = received();
  for (std::size_t i = down; i < up; ++i) EXPECT_LE(spatial_of(packets[i]), 1);
  for (std::size_t i = 1; i < packets.size(); ++i) {
    EXPECT_EQ(packets[i].sequence, static_cast<std::uint16_t>(packets[i - 1].sequence + 1));
    EXPECT_EQ(packets[i - 1].marker, packets[i].timestamp != packets[i - 1].timestamp) << i;
  }
}

TEST_F(Vp9Svc, PictureIdsKeepTheirDistancesWhereTemporalLayersAreLeftOut) {
  run(4);
  slot.set_target(Layer{2, 0}, now);
  run(40);
  const auto packets = received();
  const auto picture = [](const RtpPacket& packet) { return read_u16(packet.payload, 1) & 0x7fff; };
  int steps = 0;
  for (std::size_t i = 30; i < packets.size(); ++i) {
    EXPECT_EQ(temporal_of(packets[i]), 0);
    const int step = (picture(packets[i]) - picture(packets[i - 1])) & 0x7fff;
    if (step != 0) ++steps;
    EXPECT_TRUE(step == 0 || step == 4) << "references are differences of picture ids";
  }
  EXPECT_GT(steps, 5);
  slot.set_target(Layer{2, 2}, now);
  run(5);
  EXPECT_EQ(slot.stats().layer, (Layer{2, 2}));
  EXPECT_EQ(requests, 0);
}

}  // namespace
}  // namespace parley::forwarding::test
