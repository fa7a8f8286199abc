#include "tests/rooms/support/meeting.hpp"

namespace parley::rooms::test {
namespace {

/// Ann, the host, and Bob, with a live camera each.
class Liveness : public ::testing::Test {
 protected:
  Liveness() {
    m.join("ann");
    m.join("bob");
    m.live("ann", "a");
    m.live("bob", "b");
  }
  Meeting m;
};

TEST_F(Liveness, LostSignalingAloneIsNotSeenByTheOthers) {
  EXPECT_THAT(m.lose_signaling("bob"), IsEmpty());
  EXPECT_THAT(m.after(seconds(29)), IsEmpty());
  EXPECT_EQ(m.room.participants().size(), 2U);
}

TEST_F(Liveness, SeatIsGivenUpAfterThirtySecondsEvenWithMedia) {
  m.lose_signaling("bob");
  EXPECT_THAT(m.after(seconds(30)),
              ElementsAre("unlink b -> ann", "to ann: left bob (connection_lost)",
                          "close transport bob", "forget bob"));
}

TEST_F(Liveness, ASeatWithoutATokenEndsWithItsTransportOrItsSignaling) {
  for (const char* who : {"encoder", "player"}) {
    m.join_for_now(who);
    EXPECT_THAT(m.resume(who, true, ""), Contains(testing::HasSubstr("resume_failed")));
  }
  EXPECT_THAT(m.lose_transport("encoder"), Contains("forget encoder"));
  m.lose_signaling("player");
  EXPECT_THAT(m.after(seconds(0)), Contains("forget player"));
  EXPECT_EQ(m.room.participants().size(), 2U);
}

TEST_F(Liveness, LostSignalingTwiceDoesNotStartTheClockAnew) {
  m.lose_signaling("bob");
  m.after(seconds(20));
  m.lose_signaling("bob");
  EXPECT_THAT(m.after(seconds(10)), Contains("forget bob"));
}

TEST_F(Liveness, NothingIsSentToWhoHasNoSignaling) {
  m.lose_signaling("bob");
  EXPECT_THAT(starting_with("to bob", m.chat("ann", "hi")), IsEmpty());
  EXPECT_THAT(starting_with("to bob", m.mute("ann", "a")), IsEmpty());
}

TEST_F(Liveness, MediaStillFlowsToWhoHasNoSignaling) {
  m.lose_signaling("bob");
  EXPECT_THAT(m.live("ann", "mic", Source::Microphone), ElementsAre("link ann/mic -> bob"));
}

TEST_F(Liveness, WithoutSignalingAndMediaItIsShownAsLeftAfterTenSeconds) {
  m.lose_signaling("bob");
  m.after(seconds(4));
  EXPECT_THAT(m.lose_transport("bob"), ElementsAre("unlink b -> ann", "close transport bob"));
  EXPECT_THAT(m.after(seconds(5)), IsEmpty());
  EXPECT_THAT(m.after(seconds(1)), ElementsAre("to ann: left bob (connection_lost)"));
  EXPECT_EQ(m.room.participants().size(), 1U);
  EXPECT_THAT(m.after(seconds(19)), IsEmpty());
  EXPECT_THAT(m.after(seconds(1)), ElementsAre("forget bob"));
}

TEST_F(Liveness, MediaLostLongAfterSignalingShowsItAsLeftAtOnce) {
  m.lose_signaling("bob");
  m.after(seconds(15));
  EXPECT_THAT(m.lose_transport("bob"), ElementsAre("unlink b -> ann", "close transport bob",
                                                   "to ann: left bob (connection_lost)"));
}

TEST_F(Liveness, MediaLostFirstEndsTheSessionWithItsReason) {
  EXPECT_THAT(m.lose_transport("bob"), ElementsAre("to bob: transport closed (consent_expired)",
                                                   "unlink b -> ann", "close transport bob"));
  EXPECT_THAT(m.lose_signaling("bob"), IsEmpty());
  EXPECT_THAT(m.after(seconds(10)), ElementsAre("to ann: left bob (connection_lost)"));
}

TEST_F(Liveness, TransportIsLostOnce) {
  m.lose_transport("bob");
  EXPECT_THAT(m.lose_transport("bob"), IsEmpty());
}

TEST_F(Liveness, RequestsNeedAJoinOrResumeAfterTheConnectionWasLost) {
  m.lose_transport("bob");
  EXPECT_THAT(m.chat("bob", "hi"), ElementsAre("answer: not_joined"));
  EXPECT_THAT(m.publish("bob", "x"), ElementsAre("answer: not_joined"));
}

TEST_F(Liveness, TimePassesWithEveryInput) {
  m.lose_signaling("bob");
  m.now += seconds(30);
  EXPECT_THAT(m.chat("ann", "hi"), Contains("forget bob"));
}

TEST_F(Liveness, RoomWithOnlyAKeptSeatLivesUntilTheSeatIsGivenUp) {
  m.leave("ann");
  m.lose_transport("bob");
  EXPECT_THAT(m.after(seconds(10)), IsEmpty());
  EXPECT_THAT(m.room.participants(), IsEmpty());
  EXPECT_THAT(m.after(seconds(20)), ElementsAre("forget bob", "end room"));
}

// --- resuming
// ---------------------------------------------------------------------------------------

TEST_F(Liveness, ResumingWithLivingMediaIsSeenByNobody) {
  m.lose_signaling("bob");
  m.after(seconds(29));
  EXPECT_THAT(m.resume("bob", true),
              ElementsAre("answer: resumed bob; others [ann], tracks [b], chat []"));
  EXPECT_THAT(m.after(seconds(60)), IsEmpty());
  EXPECT_THAT(m.chat("ann", "hi"), Contains("to bob: chat ann: hi"));
}

TEST_F(Liveness, ResumingWithNewMediaReopensTracksAndLinks) {
  m.lose_signaling("bob");
  EXPECT_THAT(m.resume("bob", false),
              ElementsAre("answer: resumed bob; others [ann], tracks [b], chat []",
                          "unlink b -> ann", "close transport bob", "open transport bob",
                          "open track bob/b video camera", "link ann/a -> bob"));
}

TEST_F(Liveness, OthersSeeATrackGoOnThatAppearsOnNewMedia) {
  m.lose_transport("bob");
  m.resume("bob", false);
  EXPECT_THAT(m.appear("bob", "b"), ElementsAre("link bob/b -> ann"));
}

TEST_F(Liveness, OthersAreToldWhenATrackComesBackWithAnotherCodec) {
  m.lose_transport("bob");
  m.resume("bob", false);
  EXPECT_THAT(m.appear("bob", "b", "H264"),
              ElementsAre("to ann: track bob/b H264", "link bob/b -> ann"));
}

TEST_F(Liveness, TrackRefusedOnNewMediaIsRemovedForTheOthers) {
  m.lose_transport("bob");
  m.resume("bob", false);
  EXPECT_THAT(m.refuse("bob", "b"), ElementsAre("to bob: publish failed b",
                                                "to ann: no track bob/b", "close track bob/b"));
}

TEST_F(Liveness, LateJoinerLearnsOfATrackThatIsBetweenTransports) {
  m.lose_transport("bob");
  EXPECT_THAT(m.join("cid"), Contains("answer: joined cid; others [ann,bob], tracks [], chat []"));
  EXPECT_EQ(m.joined().participants.at(1).tracks.size(), 1U);
  EXPECT_THAT(starting_with("link", script(m.effects)), ElementsAre("link ann/a -> cid"));
  m.resume("bob", false);
  EXPECT_THAT(m.appear("bob", "b"), ElementsAre("link bob/b -> ann", "link bob/b -> cid"));
}

TEST_F(Liveness, WhoWasShownAsLeftJoinsAnewForTheOthers) {
  m.lose_transport("bob");
  m.after(seconds(10));
  EXPECT_THAT(
      m.resume("bob", false),
      ElementsAre("answer: resumed bob; others [ann], tracks [b], chat []", "to ann: joined bob",
                  "open transport bob", "open track bob/b video camera", "link ann/a -> bob"));
  EXPECT_THAT(m.appear("bob", "b"), ElementsAre("to ann: track bob/b VP8", "link bob/b -> ann"));
}

TEST_F(Liveness, KeepingMediaThatHasEndedIsRefusedWithTheRemedyAndTheSeatStays) {
  m.lose_transport("bob");
  EXPECT_THAT(m.resume("bob", true), ElementsAre("answer: resume_failed"));
  EXPECT_THAT(m.error().message, ::testing::HasSubstr("resume with \"new\""));
  EXPECT_THAT(m.resume("bob", false), Contains("open transport bob"));
}

TEST_F(Liveness, WrongTokenIsRefusedAndTheSeatStays) {
  m.lose_signaling("bob");
  EXPECT_THAT(m.resume("bob", true, "token of bo"), ElementsAre("answer: resume_failed"));
  EXPECT_THAT(m.resume("bob", true, ""), ElementsAre("answer: resume_failed"));
  EXPECT_THAT(m.resume("bob", true, "token of ann"), ElementsAre("answer: resume_failed"));
  EXPECT_THAT(m.resume("bob", true), Contains(::testing::HasSubstr("resumed bob")));
}

TEST_F(Liveness, UnknownSeatAndWrongTokenAreRefusedAlike) {
  m.resume("eve", false);
  const Error unknown = m.error();
  m.resume("bob", false, "guess");
  EXPECT_EQ(m.error(), unknown);
}

TEST_F(Liveness, SeatThatWasGivenUpCannotBeResumedEvenWithoutATickInBetween) {
  m.lose_signaling("bob");
  m.now += seconds(30);
  EXPECT_THAT(m.resume("bob", true), Contains("answer: resume_failed"));
}

TEST_F(Liveness, WhoLeftCannotResume) {
  m.leave("bob");
  EXPECT_THAT(m.resume("bob", false), ElementsAre("answer: resume_failed"));
}

TEST_F(Liveness, ResumeTakesOverFromASessionThatSeemsToLive) {
  EXPECT_THAT(m.resume("bob", true),
              ElementsAre("to bob: removed (resumed_elsewhere)",
                          "answer: resumed bob; others [ann], tracks [b], chat []"));
}

TEST_F(Liveness, ResumedParticipantLearnsWhoSpeaks) {
  m.live("ann", "mic", Source::Microphone);
  m.lose_signaling("bob");
  m.speak("ann", "mic");
  EXPECT_THAT(m.resume("bob", true), Contains("to bob: speaking ann"));
}

// --- host
// -------------------------------------------------------------------------------------------

TEST_F(Liveness, HostStaysHostWhileItIsPresent) {
  m.lose_signaling("ann");
  EXPECT_THAT(m.after(seconds(29)), IsEmpty());
  EXPECT_THAT(m.resume("ann", true),
              ElementsAre("answer: resumed ann host; others [bob], tracks [a], chat []"));
}

TEST_F(Liveness, HostPassesOnWhenTheHostIsShownAsLeftAndBackWhenItResumes) {
  m.lose_transport("ann");
  EXPECT_THAT(m.after(seconds(10)),
              ElementsAre("to bob: left ann (connection_lost)", "to bob: host bob"));
  EXPECT_THAT(m.resume("ann", false),
              ElementsAre("answer: resumed ann host; others [bob], tracks [a], chat []",
                          "to bob: joined ann host", "to bob: host ann", "open transport ann",
                          "open track ann/a video camera", "link bob/b -> ann"));
}

TEST_F(Liveness, HostAloneComesBackAsHost) {
  m.leave("bob");
  m.lose_transport("ann");
  m.after(seconds(10));
  EXPECT_THAT(m.resume("ann", false),
              Contains("answer: resumed ann host; others [], tracks [a], chat []"));
}

TEST_F(Liveness, WhoJoinsARoomOfKeptSeatsIsHostUntilAnEarlierOneIsBack) {
  m.leave("bob");
  m.lose_transport("ann");
  m.after(seconds(10));
  EXPECT_THAT(m.join("cid"), Contains("answer: joined cid host; others [], tracks [], chat []"));
  EXPECT_THAT(m.resume("ann", false), Contains("to cid: host ann"));
}

}  // namespace
}  // namespace parley::rooms::test
