// A track that is sent in several streams, one of which each subscriber gets.
#include "tests/forwarding/support/simulcast.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "forwarding/sequence.hpp"

namespace parley::forwarding::test {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// One row: numbers without a gap, time that goes on, and a keyframe wherever the layer changes.
void expect_one_row(const std::vector<RtpPacket>& packets) {
  ASSERT_FALSE(packets.empty());
  for (std::size_t i = 1; i < packets.size(); ++i) {
    const RtpPacket& before = packets[i - 1];
    const RtpPacket& packet = packets[i];
    const Vp8Frame last(before);
    const Vp8Frame frame(packet);
    EXPECT_EQ(packet.sequence, static_cast<std::uint16_t>(before.sequence + 1)) << i;
    const bool same_picture = packet.timestamp == before.timestamp;
    EXPECT_TRUE(same_picture || is_after(packet.timestamp, before.timestamp)) << i;
    EXPECT_EQ(frame.picture, (last.picture + (same_picture ? 0 : 1)) & 0x7fff) << i;
    if (last.layer != frame.layer) {
      EXPECT_TRUE(frame.keyframe) << i;
    }
    const int tl0 = frame.temporal == 0 && !same_picture ? last.tl0 + 1 : last.tl0;
    EXPECT_EQ(frame.tl0, tl0 & 0xff) << i;
  }
}

TEST(Simulcast, TheBestLayerFlowsWhereNobodyLimitsIt) {
  SimulcastCall call;
  call.attach();
  call.run(1s);
  EXPECT_THAT(call.layers_seen(), ElementsAre(0, 1, 2));
  EXPECT_EQ(call.slot->stats().layer, (Layer{2, 2}));
  EXPECT_EQ(call.slot->stats().rid, "f");
  expect_one_row(call.received());
  EXPECT_THAT(call.requests, IsEmpty()) << "each began with a keyframe of its own";
}

TEST(Simulcast, ListsTheLayersWithWhatTheyCost) {
  SimulcastCall call;
  call.attach();
  call.run(3s);
  const auto options = call.options();
  ASSERT_THAT(options, SizeIs(5));
  EXPECT_EQ(options[0].layer, (Layer{0, 0}));
  EXPECT_EQ(options[1].layer, (Layer{0, 1}));
  EXPECT_EQ(options[2].layer, (Layer{0, 2}));
  EXPECT_EQ(options[3].layer, (Layer{1, 2}));
  EXPECT_EQ(options[4].layer, (Layer{2, 2}));
  const double pictures = 1000.0 / 33;
  const double packet = 460 + 12 + 4 + 4;  // the extension of two short elements
  EXPECT_NEAR(static_cast<double>(options[4].bits_per_second), pictures * 2 * packet * 8, 5000);
  EXPECT_NEAR(static_cast<double>(options[0].bits_per_second),
              static_cast<double>(options[2].bits_per_second) / 4, 1500);
}

TEST(Simulcast, GoesOverAtAKeyframeOfTheWantedLayer) {
  SimulcastCall call;
  call.attach();
  call.run(1s);
  call.slot->set_target(Layer{0, 2}, call.now);
  call.run(500ms);
  EXPECT_EQ(call.slot->stats().layer, (Layer{0, 2}));
  call.slot->set_target(Layer{1, 2}, call.now);
  call.run(500ms);
  call.slot->set_target(kBestLayer, call.now);
  call.run(500ms);
  EXPECT_THAT(call.layers_seen(), ElementsAre(0, 1, 2, 0, 1, 2));
  EXPECT_THAT(call.requests, ElementsAre(31U, 32U, 33U));
  expect_one_row(call.received());
}

TEST(Simulcast, WhatFlowsGoesOnUntilTheWantedLayerBegins) {
  SimulcastCall call;
  call.attach();
  call.run(1s);
  call.answers = false;
  call.slot->set_target(Layer{0, 2}, call.now);
  const std::size_t before = call.received().size();
  call.run(1600ms);
  EXPECT_NEAR(static_cast<double>(call.received().size() - before), 98, 2) << "nothing froze";
  EXPECT_EQ(call.slot->stats().layer, (Layer{2, 2}));
  EXPECT_EQ(call.slot->stats().target, (Layer{0, 2}));
  EXPECT_THAT(call.requests, ElementsAre(31U, 31U, 31U, 31U)) << "asked again every 500 ms";
  call.answers = true;
  call.run(1s);
  EXPECT_EQ(call.slot->stats().layer, (Layer{0, 2}));
  expect_one_row(call.received());
}

TEST(Simulcast, ALayerThatStoppedVanishesAndItsSubscribersGetTheNextOne) {
  SimulcastCall call;
  call.attach();
  call.run(3s);
  call.sources[2].on = false;
  call.run(1200ms);
  EXPECT_THAT(call.options(), SizeIs(4));
  EXPECT_EQ(call.slot->stats().layer, (Layer{1, 2}));
  call.sources[1].on = false;
  call.run(1200ms);
  EXPECT_EQ(call.slot->stats().layer, (Layer{0, 2}));
  call.sources[2].on = call.sources[2].keyframe = true;
  call.run(500ms);
  EXPECT_EQ(call.slot->stats().layer, (Layer{2, 2})) << "and is taken again when it is back";
  expect_one_row(call.received());
}

TEST(Simulcast, OfATrackThatStoppedAltogetherNothingVanishes) {
  SimulcastCall call;
  call.attach();
  call.run(3s);
  const auto before = call.options().size();
  for (int i = 0; i < 200; ++i) call.publisher.peer.tick(call.now += 20ms);
  EXPECT_EQ(call.options().size(), before);
  call.run(300ms);
  EXPECT_EQ(call.slot->stats().layer, (Layer{2, 2}));
}

TEST(Simulcast, TheSubscribersOwnLimitHoldsWhateverTheTargetIs) {
  SimulcastCall call;
  call.slot->set_max_layer("h", call.now);
  call.attach();
  call.run(1s);
  EXPECT_EQ(call.slot->stats().layer, (Layer{1, 2}));
  EXPECT_EQ(call.options().back().layer, (Layer{1, 2}));
  call.slot->set_target(Layer{2, 2}, call.now);
  call.run(1s);
  EXPECT_EQ(call.slot->stats().layer, (Layer{1, 2}));
  call.slot->set_max_layer("", call.now);
  call.run(1s);
  EXPECT_EQ(call.slot->stats().layer, (Layer{2, 2}));
}

TEST(Simulcast, WithoutATargetNothingFlowsAndNothingIsAskedFor) {
  SimulcastCall call;
  call.attach();
  call.run(1s);
  call.slot->set_target(std::nullopt, call.now);
  const std::size_t before = call.received().size();
  call.requests.clear();
  call.run(2s);
  EXPECT_EQ(call.slot->state(), SendState::Starved);
  EXPECT_EQ(call.received().size(), before);
  EXPECT_THAT(call.requests, IsEmpty());
  call.slot->set_target(Layer{0, 0}, call.now);
  call.run(500ms);
  EXPECT_THAT(call.requests, ElementsAre(31U));
  EXPECT_EQ(call.slot->stats().layer, (Layer{0, 0}));
  expect_one_row(call.received());
}

TEST(Simulcast, ALayerThatNobodyTakesIsNotAskedFor) {
  SimulcastCall call;
  call.sources[0].keyframe = call.sources[1].keyframe = call.sources[2].keyframe = false;
  call.run(1s);
  EXPECT_THAT(call.requests, IsEmpty()) << "nobody is there";
  call.attach();
  call.run(2s);
  EXPECT_THAT(call.requests, ElementsAre(33U));
}

TEST(Simulcast, SubscribersGetDifferentLayersAtTheSameTime) {
  SimulcastCall call;
  call.attach();
  SendStream& other = call.subscriber.peer.set_send(send_line("other", vp8(), 3000));
  other.attach(*call.track, call.now);
  other.set_target(Layer{0, 2}, call.now);
  call.run(1s);
  EXPECT_EQ(call.slot->stats().layer, (Layer{2, 2}));
  EXPECT_EQ(other.stats().layer, (Layer{0, 2}));
  const auto layers = call.track->layers();
  ASSERT_THAT(layers, SizeIs(3));
  EXPECT_EQ(layers[0].rid, "q");
  EXPECT_EQ(layers[0].subscribers, 1U);
  EXPECT_EQ(layers[1].subscribers, 0U);
  EXPECT_EQ(layers[2].subscribers, 1U);
  EXPECT_EQ(layers[2].received.ssrc, 33U);
  EXPECT_GT(layers[2].bits_per_second, layers[0].bits_per_second);
  EXPECT_EQ(layers[2].temporal_layers, 3);
}

TEST(Simulcast, SwitchingToAndFroDoesNotMoveTheTimeline) {
  SimulcastCall call;
  call.attach();
  call.run(1s);
  const auto lead = [&] {
    return static_cast<std::int32_t>(call.received().back().timestamp -
                                     static_cast<std::uint32_t>(call.pictures * 2970));
  };
  const std::int32_t before = lead();
  for (int i = 0; i < 20; ++i) {
    call.slot->set_target(Layer{0, 2}, call.now);
    call.run(400ms);
    call.slot->set_target(Layer{2, 2}, call.now);
    call.run(400ms);
  }
  EXPECT_NEAR(lead(), before, 180) << "2 ms";
}

TEST(Simulcast, LayersWithoutRidsAreToldApartByTheirOrder) {
  SimulcastCall call;
  auto line = receive_line("v", vp8(), 0);
  line.ssrcs = {31, 32, 33};
  line.extensions = {};
  call.publisher.peer.set_receive(line, kTrack);
  call.attach();
  call.run(1s);
  EXPECT_EQ(call.slot->stats().layer, (Layer{2, 2}));
  EXPECT_THAT(call.options(), SizeIs(5));
}

// --- temporal layers ---

TEST(TemporalLayers, AreLeftOutWithoutAGap) {
  SimulcastCall call;
  call.attach();
  call.slot->set_target(Layer{2, 1}, call.now);
  call.run(1s);
  const auto packets = call.received();
  for (const RtpPacket& packet : packets) EXPECT_LE(Vp8Frame(packet).temporal, 1);
  expect_one_row(packets);
}

TEST(TemporalLayers, ComeBackAtASwitchingPoint) {
  SimulcastCall call;
  call.attach();
  call.run(500ms);
  call.slot->set_target(Layer{2, 0}, call.now);
  call.run(500ms);
  EXPECT_EQ(call.slot->stats().layer, (Layer{2, 0}));
  call.slot->set_target(Layer{2, 2}, call.now);
  call.requests.clear();
  call.run(500ms);
  EXPECT_EQ(call.slot->stats().layer, (Layer{2, 2}));
  EXPECT_THAT(call.requests, IsEmpty()) << "no keyframe is needed";
  expect_one_row(call.received());
}

TEST(Simulcast, NothingIsAskedForAgainOfALayerThatNobodyTakes) {
  SimulcastCall call;
  unsigned count = 0;
  call.way = [&](Buffer bytes) {
    if (++count % 7 != 0) call.publisher.take(std::move(bytes), call.now);
  };
  call.attach();
  call.run(1s);
  EXPECT_THAT(call.nacked, ElementsAre(33U));
  call.slot->set_target(Layer{0, 2}, call.now);
  call.run(1s);
  call.nacked.clear();
  call.run(1s);
  EXPECT_THAT(call.nacked, ElementsAre(31U));
}

TEST(TemporalLayers, WhatIsResentAfterDropsIsTheRightPacket) {
  SimulcastCall call;
  call.attach();
  call.slot->set_target(Layer{2, 1}, call.now);
  call.run(1500ms);
  const auto sent = call.received();
  for (std::size_t i = sent.size() - 40; i < sent.size(); ++i) {
    call.now += 20ms;
    const Buffer original(sent[i].payload.begin(), sent[i].payload.end());
    call.subscriber.peer.on_rtcp(rtcp_packet([&](rtcp::Writer& writer) {
                                   writer.nack(1, kSlot, std::array{sent[i].sequence});
                                 }),
                                 call.now);
    const auto again = call.received().back();
    ASSERT_EQ(again.ssrc, kSlotRtx) << i;
    EXPECT_EQ(read_u16(again.payload, 0), sent[i].sequence);
    EXPECT_EQ(Buffer(again.payload.begin() + 2, again.payload.end()), original);
    EXPECT_EQ(again.timestamp, sent[i].timestamp);
    EXPECT_EQ(again.marker, sent[i].marker);
  }
}

}  // namespace
}  // namespace parley::forwarding::test
