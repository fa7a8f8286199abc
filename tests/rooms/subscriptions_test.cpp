#include "tests/rooms/support/meeting.hpp"

namespace parley::rooms::test {
namespace {

/// Ann publishes a camera; Bob gets everything, Cid only what he asks for.
class Subscriptions : public ::testing::Test {
 protected:
  Subscriptions() {
    m.join("ann");
    m.join("bob");
    m.join("cid", false);
    m.live("ann", "cam");
  }
  Meeting m;
};

TEST_F(Subscriptions, WhoWantsNothingByItselfGetsTheNewsButNoLink) {
  EXPECT_THAT(m.live("ann", "mic", Source::Microphone),
              ElementsAre("to bob: track ann/mic opus", "to cid: track ann/mic opus",
                          "link ann/mic -> bob"));
  EXPECT_THAT(m.room.subscriptions(ParticipantId("cid")), IsEmpty());
  EXPECT_EQ(m.room.subscriptions(ParticipantId("bob")).size(), 2U);
}

TEST_F(Subscriptions, AskingLinksALiveTrack) {
  EXPECT_THAT(m.subscribe("cid", {wish("cam", false, "h")}),
              ElementsAre("answer: done", "link ann/cam -> cid layer h"));
}

TEST_F(Subscriptions, ChangingUpdatesTheLink) {
  EXPECT_THAT(m.subscribe("bob", {wish("cam", true, "q")}),
              ElementsAre("answer: done", "update cam -> bob layer q paused"));
  EXPECT_THAT(m.room.subscriptions(ParticipantId("bob")), ElementsAre(wish("cam", true, "q")));
}

TEST_F(Subscriptions, AskingForWhatIsSoAlreadyChangesNothing) {
  EXPECT_THAT(m.subscribe("bob", {wish("cam")}), ElementsAre("answer: done"));
}

TEST_F(Subscriptions, DroppingUnlinksOnce) {
  EXPECT_THAT(m.unsubscribe("bob", "cam"), ElementsAre("answer: done", "unlink cam -> bob"));
  EXPECT_THAT(m.unsubscribe("bob", "cam"), ElementsAre("answer: done"));
  EXPECT_THAT(m.unpublish("ann", "cam"),
              ElementsAre("answer: done", "to bob: no track ann/cam", "to cid: no track ann/cam",
                          "close track ann/cam"));
}

TEST_F(Subscriptions, TrackThatIsNotThereIsRefusedByName) {
  EXPECT_THAT(m.subscribe("cid", {wish("nope")}), ElementsAre("answer: track_not_found"));
  EXPECT_THAT(m.error().message, ::testing::HasSubstr("nope"));
}

TEST_F(Subscriptions, OneTrackThatIsNotThereLeavesAllAsTheyWere) {
  EXPECT_THAT(m.subscribe("cid", {wish("cam"), wish("nope")}),
              ElementsAre("answer: track_not_found"));
  EXPECT_THAT(m.room.subscriptions(ParticipantId("cid")), IsEmpty());
}

TEST_F(Subscriptions, TrackThatIsNotLiveCannotBeSubscribedTo) {
  m.publish("ann", "screen", Source::Screen);
  EXPECT_THAT(m.subscribe("cid", {wish("screen")}), ElementsAre("answer: track_not_found"));
}

TEST_F(Subscriptions, OwnTrackCannotBeSubscribedTo) {
  EXPECT_THAT(m.subscribe("ann", {wish("cam")}), ElementsAre("answer: track_not_found"));
}

TEST_F(Subscriptions, SameTrackTwiceInARequestCountsAsTheLast) {
  EXPECT_THAT(m.subscribe("cid", {wish("cam"), wish("cam", true)}),
              ElementsAre("answer: done", "link ann/cam -> cid", "update cam -> cid paused"));
}

TEST_F(Subscriptions, EndWithTheTrack) {
  m.subscribe("cid", {wish("cam")});
  m.unpublish("ann", "cam");
  EXPECT_THAT(m.room.subscriptions(ParticipantId("bob")), IsEmpty());
  EXPECT_THAT(m.room.subscriptions(ParticipantId("cid")), IsEmpty());
}

TEST_F(Subscriptions, UndecodableTrackIsToldToItsSubscriberAlone) {
  EXPECT_THAT(m.apply(Undecodable{ParticipantId("bob"), TrackId("cam"), true}),
              ElementsAre("to bob: undecodable ann/cam VP8"));
  EXPECT_THAT(m.apply(Undecodable{ParticipantId("bob"), TrackId("cam"), false}),
              ElementsAre("to bob: decodable ann/cam VP8"));
}

TEST_F(Subscriptions, UndecodableIsOfNoConcernWithoutASubscription) {
  EXPECT_THAT(m.apply(Undecodable{ParticipantId("cid"), TrackId("cam"), true}), IsEmpty());
  EXPECT_THAT(m.apply(Undecodable{ParticipantId("bob"), TrackId("nope"), true}), IsEmpty());
}

TEST_F(Subscriptions, OutliveTheSubscribersTransport) {
  m.subscribe("bob", {wish("cam", false, "q")});
  m.lose_transport("bob");
  EXPECT_THAT(m.resume("bob", false), Contains("link ann/cam -> bob layer q"));
}

TEST_F(Subscriptions, WhatWasDroppedStaysDroppedWhenThePublisherResumes) {
  m.unsubscribe("bob", "cam");
  m.lose_transport("ann");
  m.resume("ann", false);
  EXPECT_THAT(m.appear("ann", "cam"), IsEmpty());
}

TEST_F(Subscriptions, WhatWasDroppedStaysDroppedWhenThePublisherChangesCodecs) {
  m.unsubscribe("bob", "cam");
  m.appear("ann", "cam", "AV1");
  EXPECT_THAT(m.room.subscriptions(ParticipantId("bob")), IsEmpty());
}

TEST_F(Subscriptions, AbsentSubscriberGetsWhatAppearedMeanwhileWhenItIsBack) {
  m.lose_transport("bob");
  EXPECT_THAT(m.live("ann", "mic", Source::Microphone), ElementsAre("to cid: track ann/mic opus"));
  EXPECT_THAT(m.resume("bob", false), Contains("link ann/mic -> bob"));
}

TEST_F(Subscriptions, AbsentSubscriberIsNotUnlinked) {
  m.lose_transport("bob");
  EXPECT_THAT(starting_with("unlink", m.unpublish("ann", "cam")), IsEmpty());
}

}  // namespace
}  // namespace parley::rooms::test
