#include "tests/rooms/support/meeting.hpp"

namespace parley::rooms::test {
namespace {

using ::testing::UnorderedElementsAre;

constexpr Duration kSpeech = seconds(2);

/// Four people with camera and microphone, in a room that sends one camera.
class LastN : public ::testing::Test {
 protected:
  LastN() : LastN(1) {}
  explicit LastN(std::size_t n) : m({}, {.last_n = n}) {
    for (const std::string who : {"ann", "bob", "cid", "dan"}) m.join(who);
    for (const std::string who : {"ann", "bob", "cid", "dan"}) {
      m.live(who, who + "-cam");
      m.live(who, who + "-mic", Source::Microphone);
    }
  }
  Script talk(const std::string& who) { return m.talk(who, who + "-mic", kSpeech); }
  Meeting m;
};
class LastTwo : public LastN {
 protected:
  LastTwo() : LastN(2) {}
};

TEST_F(LastN, SendsTheFirstJoinedWhileNobodyHasSpoken) {
  Meeting fresh({}, {.last_n = 1});
  fresh.join("ann");
  fresh.join("bob");
  fresh.join("cid");
  EXPECT_THAT(fresh.live("ann", "a"),
              ElementsAre("to bob: track ann/a VP8", "to cid: track ann/a VP8", "link ann/a -> bob",
                          "link ann/a -> cid"));
  EXPECT_THAT(fresh.live("bob", "b"),
              ElementsAre("to ann: track bob/b VP8", "to cid: track bob/b VP8",
                          "to cid: held bob/b", "link bob/b -> ann", "link bob/b -> cid held"));
}

TEST_F(LastN, GivesThePlaceToWhoTakesTheFloor) {
  EXPECT_THAT(
      talk("cid"),
      UnorderedElementsAre("to ann: speaking cid", "to bob: speaking cid", "to cid: speaking cid",
                           "to dan: speaking cid",  // and then has the floor
                           "to ann: speaking cid (floor cid)", "to bob: speaking cid (floor cid)",
                           "to cid: speaking cid (floor cid)", "to dan: speaking cid (floor cid)",
                           "to ann: let through cid/cid-cam", "update cid-cam -> ann first",
                           "to bob: let through cid/cid-cam", "update cid-cam -> bob first",
                           "to dan: let through cid/cid-cam", "update cid-cam -> dan first",
                           "to ann: held bob/bob-cam", "update bob-cam -> ann held",
                           "to bob: held ann/ann-cam", "update ann-cam -> bob held",
                           "to dan: held ann/ann-cam", "update ann-cam -> dan held"));
}

TEST_F(LastN, ShowsTheSpeakerWhoWasLastBeforeItself) {
  talk("cid");
  EXPECT_THAT(
      starting_with("to cid: ", talk("dan")),
      ElementsAre("to cid: speaking cid,dan (floor cid)", "to cid: speaking dan,cid (floor dan)",
                  "to cid: let through dan/dan-cam", "to cid: held ann/ann-cam"));
  EXPECT_THAT(starting_with("to dan: ", talk("bob")),
              ElementsAre("to dan: speaking dan,cid,bob (floor dan)",
                          "to dan: speaking bob,cid,dan (floor bob)",
                          "to dan: let through bob/bob-cam", "to dan: held cid/cid-cam"));
}

TEST_F(LastN, ChangesNothingForWhoHasTheFloorAlready) {
  talk("cid");
  EXPECT_THAT(talk("cid"), IsEmpty());
}

TEST_F(LastN, TellsAJoinerInTheReply) {
  talk("cid");
  m.join("eve");
  const auto joined = m.joined();
  std::vector<std::string> held;
  for (const Participant& other : joined.participants)
    for (const Track& track : other.tracks)
      if (track.held) held.push_back(track.id.str());
  EXPECT_THAT(held, ElementsAre("ann-cam", "bob-cam", "dan-cam"));
  EXPECT_THAT(starting_with("to eve: held", script(m.effects)), IsEmpty());
  EXPECT_THAT(starting_with("link cid/cid-cam", script(m.effects)),
              ElementsAre("link cid/cid-cam -> eve first"));
  EXPECT_THAT(starting_with("link ann/ann-cam", script(m.effects)),
              ElementsAre("link ann/ann-cam -> eve held"));
}

TEST_F(LastN, TellsAReturnerInTheReply) {
  talk("cid");
  m.lose_signaling("ann");
  talk("dan");
  m.resume("ann", true);
  EXPECT_FALSE(m.joined().participants.at(2).tracks.at(0).held);
  EXPECT_TRUE(m.joined().participants.at(1).tracks.at(0).held);
}

TEST_F(LastN, FillsThePlaceOfWhoLeaves) {
  talk("cid");
  EXPECT_THAT(starting_with("to dan: ", m.leave("cid")),
              ElementsAre("to dan: speaking ", "to dan: left cid (left)",
                          "to dan: let through ann/ann-cam"));
}

TEST_F(LastN, FillsThePlaceWithTheSpeakerBefore) {
  talk("dan");
  talk("cid");
  EXPECT_THAT(m.leave("cid"), Contains("update dan-cam -> ann first"));
}

TEST_F(LastN, FillsThePlaceOfACameraThatIsOff) {
  talk("cid");
  EXPECT_THAT(m.mute("cid", "cid-cam"),
              ElementsAre("answer: done", "to ann: muted cid/cid-cam", "to bob: muted cid/cid-cam",
                          "to dan: muted cid/cid-cam", "to bob: let through ann/ann-cam",
                          "update ann-cam -> bob", "to dan: let through ann/ann-cam",
                          "update ann-cam -> dan", "to ann: let through bob/bob-cam",
                          "update bob-cam -> ann"));
  // It had the floor, so it takes its place again.
  const Script back = m.mute("cid", "cid-cam", false);
  EXPECT_THAT(back, Contains("to dan: held ann/ann-cam"));
  EXPECT_THAT(starting_with("to dan: let through", back), IsEmpty());
}

TEST_F(LastN, MicrophonesAreNeverHeld) {
  for (const Subscription& wish : m.room.subscriptions(ParticipantId("ann")))
    if (wish.track.str().ends_with("mic")) {
      EXPECT_THAT(talk(wish.track.str().substr(0, 3)),
                  Not(Contains(::testing::HasSubstr("held " + wish.track.str()))));
    }
}

TEST_F(LastN, ScreensAreSentWhateverElseIs) {
  EXPECT_THAT(m.live("dan", "screen", Source::Screen),
              ElementsAre("to ann: track dan/screen VP8", "to bob: track dan/screen VP8",
                          "to cid: track dan/screen VP8", "link dan/screen -> ann first",
                          "link dan/screen -> bob first", "link dan/screen -> cid first"));
}

TEST_F(LastN, WhatIsPinnedIsSentToWhoPinnedIt) {
  EXPECT_THAT(m.subscribe("ann", {pin("dan-cam")}),
              ElementsAre("answer: done", "to ann: let through dan/dan-cam",
                          "update dan-cam -> ann first"));
  talk("cid");
  EXPECT_THAT(
      m.subscribe("ann", {pin("dan-cam", false)}),
      ElementsAre("answer: done", "to ann: held dan/dan-cam", "update dan-cam -> ann held"));
}

TEST_F(LastN, WhatIsSubscribedToAndPinnedAtOnceIsLinkedOnce) {
  m.unsubscribe("ann", "dan-cam");
  EXPECT_THAT(m.subscribe("ann", {pin("dan-cam")}),
              ElementsAre("answer: done", "to ann: let through dan/dan-cam",
                          "link dan/dan-cam -> ann first"));
  EXPECT_THAT(m.unsubscribe("ann", "dan-cam"),
              ElementsAre("answer: done", "unlink dan-cam -> ann", "to ann: held dan/dan-cam"));
}

TEST_F(LastN, HoldsAlsoWhatIsSubscribedToLater) {
  m.join("eve", false);
  EXPECT_THAT(m.subscribe("eve", {wish("dan-cam")}),
              ElementsAre("answer: done", "link dan/dan-cam -> eve held"));
}

TEST_F(LastN, PausingWhatIsHeldAndBackChangesTheLinkAlone) {
  EXPECT_THAT(m.subscribe("ann", {wish("dan-cam", true)}),
              ElementsAre("answer: done", "update dan-cam -> ann paused held"));
  EXPECT_THAT(m.subscribe("ann", {wish("dan-cam")}),
              ElementsAre("answer: done", "update dan-cam -> ann held"));
}

TEST_F(LastN, IsChangedByTheOperator) {
  EXPECT_THAT(starting_with("to dan: ", m.last_n(2)),
              ElementsAre("to dan: let through bob/bob-cam"));
  EXPECT_THAT(starting_with("to dan: ", m.last_n(0)),
              ElementsAre("to dan: let through cid/cid-cam"));
  EXPECT_THAT(starting_with("to dan: ", m.last_n(1)),
              ElementsAre("to dan: held bob/bob-cam", "to dan: held cid/cid-cam"));
  EXPECT_THAT(m.last_n(1), IsEmpty());
  EXPECT_EQ(m.room.settings().last_n, 1U);
}

TEST_F(LastTwo, SendsTheLastTwoWhoHadTheFloor) {
  talk("cid");
  talk("dan");
  EXPECT_THAT(starting_with("to ann: ", talk("bob")),
              ElementsAre("to ann: speaking dan,cid,bob (floor dan)",
                          "to ann: speaking bob,cid,dan (floor bob)",
                          "to ann: let through bob/bob-cam", "to ann: held cid/cid-cam"));
}

TEST_F(LastTwo, CountsNobodyWithoutACamera) {
  m.unpublish("ann", "ann-cam");
  const Script gone = script(m.effects);
  EXPECT_THAT(gone, Contains("to dan: let through cid/cid-cam"));
  talk("ann");
  EXPECT_THAT(m.last_n(1), Contains("to dan: held cid/cid-cam"));
  EXPECT_THAT(m.effects, ::testing::Not(IsEmpty()));
}

TEST(Priorities, TheFloorsCameraGoesFirst) {
  Meeting m;
  for (const std::string who : {"ann", "bob", "cid"}) {
    m.join(who);
    m.live(who, who + "-cam");
    m.live(who, who + "-mic", Source::Microphone);
  }
  m.talk("ann", "ann-mic", kSpeech);
  EXPECT_THAT(starting_with("update", m.talk("bob", "bob-mic", kSpeech)),
              UnorderedElementsAre("update bob-cam -> ann first", "update bob-cam -> cid first",
                                   "update ann-cam -> cid"));
}

}  // namespace
}  // namespace parley::rooms::test
