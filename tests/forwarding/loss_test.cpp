// Calls over bad networks.
#include <gtest/gtest.h>

#include "tests/forwarding/support/world.hpp"

namespace parley::forwarding::test {
namespace {

struct Call {
  Call(const LinkConditions& publisher_link, const LinkConditions& subscriber_link,
       unsigned seed = 1)
      : world(seed), publisher(world.add(publisher_link)), subscriber(world.add(subscriber_link)) {
    sender = &publisher.publish("v", 1, camera(1000), world.now());
    receiver = &subscriber.add_slot("slot", media::Kind::Video, 5000);
    subscriber.slot("slot").attach(*publisher.server.peer.find_track(1), world.now());
  }

  World world;
  Participant& publisher;
  Participant& subscriber;
  SimSender* sender = nullptr;
  SimReceiver* receiver = nullptr;
};

double received_share(const Call& call) {
  const double got = static_cast<double>(call.receiver->packets().size());
  return got / (got + static_cast<double>(call.receiver->missing()));
}

TEST(Loss, ACleanLinkLosesAndRepeatsNothing) {
  Call call({}, {});
  call.world.run(10s);
  EXPECT_GT(call.receiver->packets().size(), 1100U);
  EXPECT_EQ(call.receiver->missing(), 0U);
  EXPECT_EQ(call.receiver->duplicates(), 0U);
  EXPECT_EQ(call.receiver->repaired(), 0U);
}

TEST(Loss, FivePercentOnBothWaysAreRecovered) {
  const LinkConditions lossy{.loss = 0.05, .duplicate = 0, .delay = 25ms, .jitter = 5ms};
  Call call(lossy, lossy);
  call.world.run(30s);
  EXPECT_GT(call.receiver->packets().size(), 3400U);
  EXPECT_GE(received_share(call), 0.99);
  EXPECT_GT(call.receiver->repaired(), 100U);
}

TEST(Loss, ReorderingAndDuplicatesReachTheSubscriberOnce) {
  const LinkConditions wild{.loss = 0, .duplicate = 0.2, .delay = 20ms, .jitter = 15ms};
  Call call(wild, {});
  call.world.run(10s);
  EXPECT_EQ(call.receiver->missing(), 0U);
  std::set<std::uint32_t> numbers;
  for (const auto& packet : call.receiver->packets())
    EXPECT_TRUE(numbers.insert(packet.number).second);
}

TEST(Loss, TheRoundTripIsMeasuredOnBothEnds) {
  const LinkConditions far{.loss = 0.02, .duplicate = 0, .delay = 40ms, .jitter = {}};
  Call call(far, far);
  call.world.run(10s);
  for (const Participant* end : {&call.publisher, &call.subscriber}) {
    ASSERT_TRUE(end->server.peer.rtt());
    EXPECT_NEAR(static_cast<double>(end->server.peer.rtt()->count()) / 1e6, 80, 12);
  }
  EXPECT_NEAR(static_cast<double>(call.subscriber.slot("slot").stats().rtt->count()) / 1e6, 80, 12);
}

TEST(Loss, AKeyframeWhoseBeginningIsRecoveredLateIsCompletedFromTheCache) {
  Call call({}, {});
  call.world.run(2s);
  // The next keyframe's first packet is lost on the way to the server and repaired.
  call.subscriber.slot("slot").set_paused(true, call.world.now());
  call.world.run(500ms);
  const std::size_t before = call.receiver->packets().size();
  call.publisher.up.set_conditions({.loss = 0.4, .duplicate = 0, .delay = 20ms, .jitter = {}});
  call.subscriber.slot("slot").set_paused(false, call.world.now());
  call.world.run(1s);
  call.publisher.up.set_conditions({});
  call.world.run(2s);
  ASSERT_GT(call.receiver->packets().size(), before);
  EXPECT_TRUE(call.receiver->packets()[before].keyframe);
  EXPECT_LE(call.receiver->missing(), 2U);
}

}  // namespace
}  // namespace parley::forwarding::test
