#include "rooms/negotiation.hpp"

#include <gtest/gtest.h>

namespace parley::rooms {
namespace {

using Action = Negotiation::Action;
using std::chrono::seconds;

class NegotiationTest : public ::testing::Test {
 protected:
  /// Past the first offer and its answer.
  void settle() {
    ASSERT_EQ(n.transport_ready(now), Action::SendOffer);
    ASSERT_EQ(n.answer_received(n.version(), now), Action::TakeAnswer);
    ASSERT_EQ(n.answer_applied(now), Action::None);
  }
  Negotiation n;
  Time now{};
};

TEST_F(NegotiationTest, NothingIsOfferedBeforeTheTransportIsReady) {
  EXPECT_EQ(n.changed(now), Action::None);
  EXPECT_FALSE(n.offer_in_flight());
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  EXPECT_TRUE(n.offer_in_flight());
}

TEST_F(NegotiationTest, FirstOfferFollowsReadinessWithoutAnyChange) {
  EXPECT_EQ(n.version(), 0U);
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  EXPECT_EQ(n.version(), 1U);
}

TEST_F(NegotiationTest, ChangesDuringAnOfferMergeIntoTheNext) {
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  EXPECT_EQ(n.changed(now), Action::None);
  EXPECT_EQ(n.changed(now), Action::None);
  EXPECT_EQ(n.answer_received(1, now), Action::TakeAnswer);
  EXPECT_EQ(n.changed(now), Action::None);
  EXPECT_EQ(n.answer_applied(now), Action::SendOffer);
  EXPECT_EQ(n.version(), 2U);
  EXPECT_EQ(n.answer_received(2, now), Action::TakeAnswer);
  EXPECT_EQ(n.answer_applied(now), Action::None);
  EXPECT_FALSE(n.offer_in_flight());
}

TEST_F(NegotiationTest, ChangeInStableStateIsOfferedAtOnce) {
  settle();
  EXPECT_EQ(n.changed(now), Action::SendOffer);
}

TEST_F(NegotiationTest, AnswerWithoutVersionAnswersTheOfferInFlight) {
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  EXPECT_EQ(n.answer_received(0, now), Action::TakeAnswer);
}

TEST_F(NegotiationTest, AnswerToNothingIsRefused) {
  EXPECT_EQ(n.answer_received(0, now), Action::RefuseAnswer);
  settle();
  EXPECT_EQ(n.answer_received(1, now), Action::RefuseAnswer);
}

TEST_F(NegotiationTest, AnswerToAnOlderOfferIsRefusedAndTheNewOneStillWaits) {
  settle();
  EXPECT_EQ(n.changed(now), Action::SendOffer);
  EXPECT_EQ(n.answer_received(1, now), Action::RefuseAnswer);
  EXPECT_TRUE(n.offer_in_flight());
  EXPECT_EQ(n.answer_received(2, now), Action::TakeAnswer);
}

TEST_F(NegotiationTest, SecondAnswerWhileTheFirstIsAppliedIsRefused) {
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  EXPECT_EQ(n.answer_received(1, now), Action::TakeAnswer);
  EXPECT_EQ(n.answer_received(1, now), Action::RefuseAnswer);
}

TEST_F(NegotiationTest, UnusableAnswerIsOfferedAgainOnce) {
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  EXPECT_EQ(n.answer_received(1, now), Action::TakeAnswer);
  EXPECT_EQ(n.answer_failed(now), Action::SendOffer);
  EXPECT_EQ(n.version(), 2U);
  EXPECT_FALSE(n.failed(now));
  EXPECT_EQ(n.answer_received(2, now), Action::TakeAnswer);
  EXPECT_EQ(n.answer_failed(now), Action::None);
  EXPECT_TRUE(n.failed(now));
  EXPECT_EQ(n.changed(now), Action::None);
}

TEST_F(NegotiationTest, GoodAnswerForgivesAnUnusableOneBefore) {
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  EXPECT_EQ(n.answer_received(1, now), Action::TakeAnswer);
  EXPECT_EQ(n.answer_failed(now), Action::SendOffer);
  EXPECT_EQ(n.answer_received(2, now), Action::TakeAnswer);
  EXPECT_EQ(n.answer_applied(now), Action::None);
  EXPECT_EQ(n.changed(now), Action::SendOffer);
  EXPECT_EQ(n.answer_received(3, now), Action::TakeAnswer);
  EXPECT_EQ(n.answer_failed(now), Action::SendOffer);
  EXPECT_FALSE(n.failed(now));
}

TEST_F(NegotiationTest, OfferNotAnsweredInFifteenSecondsHasFailed) {
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  EXPECT_FALSE(n.failed(now + seconds(14)));
  EXPECT_TRUE(n.failed(now + seconds(15)));
}

TEST_F(NegotiationTest, NothingInFlightNeverTimesOut) {
  EXPECT_FALSE(n.failed(now + seconds(100)));
  settle();
  EXPECT_FALSE(n.failed(now + seconds(100)));
}

TEST_F(NegotiationTest, CollidingOfferIsRefused) {
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  EXPECT_EQ(n.offer_received(now), Action::RefuseOffer);
  EXPECT_EQ(n.answer_received(1, now), Action::TakeAnswer);
  EXPECT_EQ(n.offer_received(now), Action::RefuseOffer);
  EXPECT_EQ(n.answer_applied(now), Action::None);
  EXPECT_EQ(n.offer_received(now), Action::TakeOffer);
}

TEST_F(NegotiationTest, OfferBeforeTheTransportIsReadyIsTakenInsteadOfOurFirst) {
  EXPECT_EQ(n.offer_received(now), Action::TakeOffer);
  EXPECT_EQ(n.transport_ready(now), Action::None);
  EXPECT_EQ(n.answer_sent(now), Action::None);
  EXPECT_EQ(n.changed(now), Action::SendOffer);
}

TEST_F(NegotiationTest, ChangeWhileAnsweringIsOfferedAfterwards) {
  settle();
  EXPECT_EQ(n.offer_received(now), Action::TakeOffer);
  EXPECT_EQ(n.changed(now), Action::None);
  EXPECT_EQ(n.answer_sent(now), Action::SendOffer);
}

TEST_F(NegotiationTest, SecondOfferWhileAnsweringIsRefused) {
  settle();
  EXPECT_EQ(n.offer_received(now), Action::TakeOffer);
  EXPECT_EQ(n.offer_received(now), Action::RefuseOffer);
  EXPECT_EQ(n.answer_sent(now), Action::None);
  EXPECT_EQ(n.offer_received(now), Action::TakeOffer);
}

TEST_F(NegotiationTest, OfferLostWithTheSignalingIsMadeAgainWhenItIsBack) {
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  n.signaling_lost();
  EXPECT_FALSE(n.failed(now + seconds(20)));
  EXPECT_EQ(n.changed(now), Action::None);
  now += seconds(20);
  EXPECT_EQ(n.signaling_back(now), Action::SendOffer);
  EXPECT_EQ(n.version(), 2U);
  EXPECT_EQ(n.answer_received(1, now), Action::RefuseAnswer);
  EXPECT_FALSE(n.failed(now + seconds(14)));
}

TEST_F(NegotiationTest, SignalingThatWasLostInStableStateNeedsNoOffer) {
  settle();
  n.signaling_lost();
  EXPECT_EQ(n.signaling_back(now), Action::None);
}

TEST_F(NegotiationTest, PeersOfferLostWithTheSignalingDoesNotBlockOurs) {
  settle();
  EXPECT_EQ(n.offer_received(now), Action::TakeOffer);
  n.signaling_lost();
  EXPECT_EQ(n.signaling_back(now), Action::None);
  EXPECT_EQ(n.changed(now), Action::SendOffer);
}

TEST_F(NegotiationTest, ResetStartsOverButCountsVersionsOn) {
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  n.reset();
  EXPECT_FALSE(n.offer_in_flight());
  EXPECT_EQ(n.changed(now), Action::None);
  EXPECT_EQ(n.transport_ready(now), Action::SendOffer);
  EXPECT_EQ(n.version(), 2U);
  EXPECT_EQ(n.answer_received(1, now), Action::RefuseAnswer);
}

TEST_F(NegotiationTest, LateWordsAboutAnOfferThatIsOverChangeNothing) {
  settle();
  EXPECT_EQ(n.answer_applied(now), Action::None);
  EXPECT_EQ(n.answer_failed(now), Action::None);
  EXPECT_FALSE(n.offer_in_flight());
}

}  // namespace
}  // namespace parley::rooms
