#include "tests/rooms/support/meeting.hpp"

namespace parley::rooms::test {
namespace {

/// Ann and Bob with a live microphone each.
class Speakers : public ::testing::Test {
 protected:
  Speakers() {
    m.join("ann");
    m.join("bob");
    m.live("ann", "a", Source::Microphone);
    m.live("bob", "b", Source::Microphone);
  }
  Meeting m;
};

TEST_F(Speakers, EveryoneIsToldInTheOrderInWhichTheyBegan) {
  EXPECT_THAT(m.speak("bob", "b"), ElementsAre("to ann: speaking bob", "to bob: speaking bob"));
  EXPECT_THAT(m.speak("ann", "a"),
              ElementsAre("to ann: speaking bob,ann", "to bob: speaking bob,ann"));
  EXPECT_THAT(m.speak("bob", "b", false), Contains("to ann: speaking ann"));
  EXPECT_THAT(m.speak("ann", "a", false), Contains("to ann: speaking "));
}

TEST_F(Speakers, SayingSoAgainIsNoNews) {
  EXPECT_THAT(m.speak("ann", "a", false), IsEmpty());
  m.speak("ann", "a");
  EXPECT_THAT(m.speak("ann", "a"), IsEmpty());
}

TEST_F(Speakers, TwoTracksOfOneParticipantMakeOneSpeaker) {
  m.live("ann", "screen", Source::ScreenAudio);
  m.speak("ann", "a");
  EXPECT_THAT(m.speak("ann", "screen"), IsEmpty());
  EXPECT_THAT(m.speak("ann", "a", false), IsEmpty());
  EXPECT_THAT(m.speak("ann", "screen", false), Contains("to bob: speaking "));
}

TEST_F(Speakers, MutedTrackDoesNotSpeak) {
  m.speak("ann", "a");
  EXPECT_THAT(m.mute("ann", "a"), ElementsAre("answer: done", "to bob: muted ann/a",
                                              "to ann: speaking ", "to bob: speaking "));
  EXPECT_THAT(m.mute("ann", "a", false), Contains("to bob: speaking ann"));
}

TEST_F(Speakers, UnpublishedTrackDoesNotSpeak) {
  m.speak("ann", "a");
  EXPECT_THAT(m.unpublish("ann", "a"), Contains("to bob: speaking "));
}

TEST_F(Speakers, WhoLeftDoesNotSpeak) {
  m.speak("ann", "a");
  EXPECT_THAT(m.leave("ann"), Contains("to bob: speaking "));
}

TEST_F(Speakers, WhoseTransportIsLostDoesNotSpeak) {
  m.speak("ann", "a");
  EXPECT_THAT(m.lose_transport("ann"), Contains("to bob: speaking "));
}

TEST_F(Speakers, TrackThatDoesNotFlowCannotSpeak) {
  m.publish("ann", "new", Source::Microphone);
  EXPECT_THAT(m.speak("ann", "new"), IsEmpty());
  EXPECT_THAT(m.speak("ann", "unknown"), IsEmpty());
}

TEST_F(Speakers, WhoSpeaksForAWhileHasTheFloorAndStandsFirst) {
  m.talk("bob", "b", seconds(2));
  EXPECT_THAT(
      starting_with("to ann: ", m.talk("ann", "a", seconds(3))),
      ElementsAre("to ann: speaking bob,ann (floor bob)", "to ann: speaking ann,bob (floor ann)"));
  EXPECT_EQ(m.room.dominant(), ParticipantId("ann"));
}

TEST_F(Speakers, FloorIsKeptInSilenceAndToldToWhoJoins) {
  m.talk("bob", "b", seconds(2));
  EXPECT_THAT(m.speak("bob", "b", false), Contains("to ann: speaking  (floor bob)"));
  EXPECT_THAT(m.join("cid"), Contains("to cid: speaking  (floor bob)"));
  EXPECT_THAT(m.mute("bob", "b"), Not(Contains("to ann: speaking ")));
}

TEST_F(Speakers, FloorIsFreeWhenItsHolderLeaves) {
  m.talk("bob", "b", seconds(2));
  EXPECT_THAT(starting_with("to ann", m.leave("bob")),
              ElementsAre("to ann: speaking ", "to ann: left bob (left)"));
  m.join("bob");
  m.live("bob", "b2", Source::Microphone);
  m.talk("bob", "b2", seconds(2));
  m.speak("bob", "b2", false);
  m.lose_signaling("bob");
  m.lose_transport("bob");
  EXPECT_THAT(starting_with("to ann", m.after(seconds(11))),
              ElementsAre("to ann: speaking ", "to ann: left bob (connection_lost)"));
}

TEST_F(Speakers, SoundOfAScreenTakesNoFloor) {
  m.live("ann", "screen", Source::ScreenAudio);
  EXPECT_THAT(m.talk("ann", "screen", seconds(10)),
              ElementsAre("to ann: speaking ann", "to bob: speaking ann"));
}

TEST_F(Speakers, MutedMicrophoneTakesNoFloor) {
  m.mute("ann", "a");
  EXPECT_THAT(m.talk("ann", "a", seconds(10)), IsEmpty());
}

}  // namespace
}  // namespace parley::rooms::test
