// RTCP that a Peer sends: keyframe requests, NACKs and reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "forwarding/packet_cache.hpp"
#include "tests/forwarding/support/calls.hpp"

namespace parley::forwarding::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Buffer pli(std::uint32_t media) {
  return rtcp_packet([&](rtcp::Writer& writer) { writer.pli(9, media); });
}

std::size_t keyframe_requests(VideoCall& call) {
  return take_feedback(call.publisher).keyframes.size();
}

TEST(KeyframeRequest, GoesToThePublisherWhenASubscriberAttaches) {
  VideoCall call;
  call.send(true);
  call.attach();
  EXPECT_THAT(take_feedback(call.publisher).keyframes, ElementsAre(kSource));
}

TEST(KeyframeRequest, WaitsUntilTheSubscribersEgressIsReady) {
  VideoCall call;
  call.subscriber.egress.set_ready(false);
  call.send(true);
  call.attach();
  call.send(false);
  call.wait(1s);
  EXPECT_EQ(keyframe_requests(call), 0U);
  call.subscriber.egress.set_ready(true);
  call.subscriber.peer.on_ready(call.now);
  EXPECT_EQ(keyframe_requests(call), 1U);
}

TEST(KeyframeRequest, WaitsUntilThereIsAStreamToAsk) {
  VideoCall call;
  call.attach();
  call.wait(1s);
  EXPECT_EQ(keyframe_requests(call), 0U);
  call.send(false);
  EXPECT_THAT(take_feedback(call.publisher).keyframes, ElementsAre(kSource));
}

TEST(KeyframeRequest, ComesAtMostOnceIn300Milliseconds) {
  VideoCall call;
  call.attach();
  call.send(true);
  std::vector<Duration> sent;
  for (int i = 0; i < 300; ++i) {
    call.subscriber.peer.on_rtcp(pli(kSlot), call.now);
    if (keyframe_requests(call) > 0) sent.push_back(call.now - kStart);
    call.wait(10ms);
    if (keyframe_requests(call) > 0) sent.push_back(call.now - kStart);
  }
  EXPECT_NEAR(static_cast<double>(sent.size()), 10, 1);
  for (std::size_t i = 1; i < sent.size(); ++i) EXPECT_GE(sent[i] - sent[i - 1], 300ms);
}

TEST(KeyframeRequest, LaterOnesBecomeOneAtTheEndOfTheInterval) {
  VideoCall call;
  call.send(false);
  call.attach();
  EXPECT_EQ(keyframe_requests(call), 1U);
  call.wait(100ms);
  call.track->request_keyframe(call.now);
  call.track->request_keyframe(call.now);
  call.wait(190ms);
  EXPECT_EQ(keyframe_requests(call), 0U);
  call.wait(10ms);
  EXPECT_EQ(keyframe_requests(call), 1U);
  call.wait(2s);
  EXPECT_EQ(keyframe_requests(call), 0U);
}

TEST(KeyframeRequest, ThatWasPutOffIsDroppedWhenAKeyframeComes) {
  VideoCall call;
  call.send(false);
  call.attach();
  call.wait(100ms);
  call.track->request_keyframe(call.now);
  call.send(true);
  call.wait(1s);
  EXPECT_EQ(keyframe_requests(call), 1U);
}

TEST(KeyframeRequest, IsRepeatedWhileASubscriberStillWaits) {
  VideoCall call;
  call.attach();
  for (int i = 0; i < 200; ++i) {
    call.send(false);
    call.wait(10ms);
  }
  EXPECT_EQ(keyframe_requests(call), 4U) << "every 500 ms";
  call.send(true);
  for (int i = 0; i < 100; ++i) {
    call.send(false);
    call.wait(10ms);
  }
  EXPECT_EQ(keyframe_requests(call), 0U);
}

TEST(KeyframeRequest, IsAFirOnlyWherePliWasNotNegotiated) {
  VideoCall call;
  call.send(true);
  call.attach();
  const Buffer with_pli = call.publisher.egress.rtcp.back();
  EXPECT_EQ(with_pli[with_pli.size() - 12], 0x81);
  auto line = receive_line("v", vp8(), kSource);
  line.pli = false;
  VideoCall old(line);
  old.send(true);
  old.attach();
  const Buffer with_fir = old.publisher.egress.rtcp.back();
  EXPECT_EQ(with_fir[with_fir.size() - 20], 0x84);
  EXPECT_THAT(take_feedback(old.publisher).keyframes, ElementsAre(kSource));
}

TEST(KeyframeRequest, OfASubscriberThatGetsNothingAsksNobody) {
  VideoCall call;
  call.send(true);
  call.subscriber.peer.on_rtcp(pli(kSlot), call.now);
  call.subscriber.peer.on_rtcp(pli(12345), call.now);
  EXPECT_EQ(keyframe_requests(call), 0U);
  call.attach();
  call.slot->set_paused(true, call.now);
  call.wait(1s);
  keyframe_requests(call);
  call.subscriber.peer.on_rtcp(pli(kSlot), call.now);
  call.wait(1s);
  EXPECT_EQ(keyframe_requests(call), 0U);
}

TEST(Nack, AsksThePublisherForWhatIsMissing) {
  VideoCall call;
  call.send(10, true);
  call.send(13, false);
  call.wait(10ms);
  EXPECT_THAT(take_feedback(call.publisher).nacks,
              ElementsAre(Pair(kSource, 11), Pair(kSource, 12)));
  call.now += 50ms;
  call.send(11, false);
  call.wait(50ms);
  EXPECT_THAT(take_feedback(call.publisher).nacks, ElementsAre(Pair(kSource, 12)));
  EXPECT_EQ(call.track->stats().lost, 1);
  EXPECT_EQ(call.track->stats().late, 1U);
  EXPECT_EQ(call.track->stats().nacks, 3U);
}

TEST(Nack, DoesNotAskForSound) {
  TestPeer peer(1);
  peer.peer.add_track(1, media::Kind::Audio);
  peer.peer.set_receive(receive_line("a", opus(), 10), 1);
  peer.take(Rtp{.sequence = 1, .ssrc = 10}.to_bytes(), kStart);
  peer.take(Rtp{.sequence = 5, .ssrc = 10}.to_bytes(), kStart);
  peer.peer.tick(kStart + 10ms);
  EXPECT_THAT(take_feedback(peer).nacks, IsEmpty());
}

TEST(Nack, OfTooMuchBecomesAKeyframeRequest) {
  VideoCall call;
  call.attach();
  call.send(10, true);
  call.send(1000, false);
  call.wait(50ms);
  const Feedback feedback = take_feedback(call.publisher);
  EXPECT_THAT(feedback.nacks, IsEmpty());
  EXPECT_THAT(feedback.keyframes, ElementsAre(kSource));
}

TEST(Nack, ThatNothingComesOfBecomesOneKeyframeRequest) {
  VideoCall call;
  call.attach();
  call.send(true);
  call.wait(1s);
  keyframe_requests(call);
  call.sequence += 2;
  call.send(false);
  call.wait(800ms);
  EXPECT_EQ(keyframe_requests(call), 0U) << "it may yet come";
  call.wait(2s);
  EXPECT_EQ(keyframe_requests(call), 1U);
}

TEST(Nack, OfASubscriberForWhatNobodyHasBecomesOneKeyframeRequest) {
  VideoCall call;
  call.attach();
  call.send(true);
  call.send(false);
  call.wait(PacketCache::kMaxAge + 10ms);
  call.send(false);
  keyframe_requests(call);
  const std::uint16_t first = call.received().front().sequence;
  call.ask_again(static_cast<std::uint16_t>(first + 2));
  EXPECT_EQ(keyframe_requests(call), 0U) << "this one is here";
  for (int i = 0; i < 3; ++i) call.ask_again(static_cast<std::uint16_t>(first + 1));
  EXPECT_EQ(keyframe_requests(call), 1U);
}

TEST(Nack, OfASubscriberForWhatThePublisherIsAskedForWaitsForIt) {
  VideoCall call;
  call.attach();
  call.send(true);
  ++call.sequence;
  call.send(false);
  call.wait(500ms);
  keyframe_requests(call);
  call.ask_again(static_cast<std::uint16_t>(call.received().front().sequence + 1));
  EXPECT_EQ(keyframe_requests(call), 0U);
}

TEST(Nack, OfTooMuchAsksForNothingThatNobodyTakes) {
  VideoCall call;
  call.send(10, true);
  call.send(1000, false);
  call.wait(1s);
  EXPECT_EQ(keyframe_requests(call), 0U);
}

TEST(Nack, WaitsForAWayOut) {
  VideoCall call;
  call.publisher.egress.set_ready(false);
  call.send(10, true);
  call.send(12, false);
  call.wait(100ms);
  EXPECT_TRUE(call.publisher.egress.rtcp.empty());
}

TEST(Reports, TellThePublisherOfLossJitterAndItsLastReport) {
  VideoCall call;
  for (int i = 0; i < 100; ++i) {
    call.now += 33333us;
    if (i % 10 == 3) {
      ++call.sequence;
      continue;
    }
    call.send(i == 0);
  }
  const NtpTime ntp = 0x1234567890abcdef;
  call.publisher.peer.on_rtcp(rtcp_packet([&](rtcp::Writer& writer) {
                                writer.sender_report({kSource, ntp, 0, 0, 0});
                              }),
                              call.now);
  call.wait(260ms);
  const Feedback feedback = take_feedback(call.publisher);
  ASSERT_EQ(feedback.blocks.size(), 1U);
  const rtcp::ReportBlock& block = feedback.blocks[0];
  EXPECT_EQ(block.ssrc, kSource);
  EXPECT_EQ(block.lost, 10);
  EXPECT_EQ(block.fraction_lost, 10 * 256 / 100);
  EXPECT_EQ(block.highest, call.sequence);
  EXPECT_LT(block.jitter, 90U) << "evenly spaced";
  EXPECT_EQ(block.last_report, compact(ntp));
  EXPECT_NEAR(block.since_report, to_compact(250ms), 2000);
}

TEST(Reports, SayNothingOfAStreamThatSentNothing) {
  VideoCall call;
  call.send(true);
  call.wait(2s);
  take_feedback(call.publisher);
  call.wait(2s);
  EXPECT_THAT(take_feedback(call.publisher).blocks, IsEmpty());
}

TEST(Reports, CapThePublishersBitrate) {
  VideoCall call;
  call.send(true);
  call.wait(1s);
  const auto bitrates = take_feedback(call.publisher).bitrates;
  ASSERT_FALSE(bitrates.empty());
  EXPECT_NEAR(static_cast<double>(bitrates[0]), 2.5e6, 100);
  auto without = receive_line("v", vp8(), kSource);
  without.remb = false;
  VideoCall plain(without);
  plain.send(true);
  plain.wait(1s);
  EXPECT_THAT(take_feedback(plain.publisher).bitrates, IsEmpty());
}

TEST(Reports, TellTheSubscriberOftenAtFirstAndThenEverySecond) {
  VideoCall call;
  call.attach();
  std::vector<double> times;
  for (int i = 0; i < 600; ++i) {
    call.send(i == 0);
    call.wait(20ms);
    for (const auto& info : take_feedback(call.subscriber).senders) {
      EXPECT_EQ(info.ssrc, kSlot);
      EXPECT_EQ(info.packets, static_cast<std::uint32_t>(i + 1));
      times.push_back(std::chrono::duration<double>(call.now - kStart).count());
    }
  }
  ASSERT_GE(times.size(), 12U);
  EXPECT_LT(times[0], 0.35);
  EXPECT_NEAR(times[4] - times[0], 4 * 0.5, 0.1);
  EXPECT_NEAR(times.back() - times[times.size() - 4], 3 * 1.0, 0.15);
}

TEST(Reports, EndWhenNothingFlows) {
  VideoCall call;
  call.attach();
  call.send(true);
  call.wait(2s);
  EXPECT_EQ(take_feedback(call.subscriber).senders.size(), 1U);
  call.slot->detach();
  call.wait(2s);
  EXPECT_THAT(take_feedback(call.subscriber).senders, IsEmpty());
}

TEST(Reports, OfAHundredSlotsFitTheirPackets) {
  VideoCall call;
  for (std::uint32_t i = 0; i < 100; ++i)
    call.subscriber.peer.set_send(send_line("slot" + std::to_string(i), vp8(), 5000 + i))
        .attach(*call.track, call.now);
  call.send(true);
  call.wait(300ms);
  EXPECT_EQ(call.subscriber.egress.rtcp.size(), 4U);
  for (const Buffer& compound : call.subscriber.egress.rtcp) EXPECT_LE(compound.size(), kMaxPacket);
  EXPECT_EQ(take_feedback(call.subscriber).senders.size(), 100U);
}

TEST(Reports, OfTheSubscriberAreKeptAsStatistics) {
  VideoCall call;
  call.attach();
  call.send(true);
  call.wait(300ms);
  const auto reports = take_feedback(call.subscriber).senders;
  ASSERT_EQ(reports.size(), 1U);
  const Time sent = kStart + (from_ntp(reports[0].ntp) - from_ntp(to_ntp(kStart)));
  rtcp::ReportBlock block{kSlot, 64, 5, 0, 900, compact(reports[0].ntp), to_compact(30ms)};
  call.subscriber.peer.on_rtcp(rtcp_packet([&](rtcp::Writer& writer) {
                                 writer.receiver_report(9, {&block, 1});
                               }),
                               sent + 100ms);
  const SendStats stats = call.slot->stats();
  EXPECT_EQ(stats.lost, 5);
  EXPECT_EQ(stats.fraction_lost, 0.25);
  EXPECT_EQ(stats.jitter, 10ms);
  ASSERT_TRUE(stats.rtt);
  EXPECT_NEAR(static_cast<double>(stats.rtt->count()) / 1e6, 70, 0.1);
  EXPECT_EQ(call.subscriber.peer.rtt(), stats.rtt);
}

TEST(Reports, ThatClaimAnImpossibleRoundTripAreNotBelieved) {
  VideoCall call;
  call.attach();
  call.send(true);
  rtcp::ReportBlock block{kSlot, 0, 0, 0, 0, compact(to_ntp(call.now)), to_compact(10s)};
  call.subscriber.peer.on_rtcp(rtcp_packet([&](rtcp::Writer& writer) {
                                 writer.receiver_report(9, {&block, 1});
                               }),
                               call.now + 1s);
  EXPECT_FALSE(call.subscriber.peer.rtt());
}

TEST(Reports, ARembIsKeptForWhoeverAsks) {
  VideoCall call;
  EXPECT_FALSE(call.subscriber.peer.receive_capacity());
  call.subscriber.peer.on_rtcp(
      rtcp_packet([&](rtcp::Writer& writer) { writer.remb(9, 800'000, {}); }), call.now);
  EXPECT_NEAR(static_cast<double>(call.subscriber.peer.receive_capacity().value()), 800'000, 10);
}

}  // namespace
}  // namespace parley::forwarding::test
