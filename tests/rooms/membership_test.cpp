#include "tests/rooms/support/meeting.hpp"

namespace parley::rooms::test {
namespace {

TEST(Membership, FirstToJoinIsAnsweredThenGetsATransportAndIsHost) {
  Meeting m;
  EXPECT_THAT(m.join("ann"), ElementsAre("answer: joined ann host; others [], tracks [], chat []",
                                         "open transport ann"));
}

TEST(Membership, AnswerNamesTheRequestAndCarriesTheResumeToken) {
  Meeting m;
  const auto effects = m.room.apply(Join{77, ParticipantId("ann"), "Ann", "secret"}, m.now);
  const auto& answer = std::get<Answer>(effects.front());
  EXPECT_EQ(answer.request, 77U);
  const auto& joined = std::get<reply::Joined>(answer.reply.value());
  EXPECT_EQ(joined.room, RoomId("room"));
  EXPECT_EQ(joined.resume_token, "secret");
  EXPECT_FALSE(joined.resumed);
}

TEST(Membership, RequestZeroIsNotAnswered) {
  Meeting m;
  EXPECT_THAT(m.apply(Join{0, ParticipantId("ann"), "Ann", "secret"}),
              ElementsAre("open transport ann"));
  EXPECT_THAT(m.apply(Mute{0, ParticipantId("ann"), TrackId("no such"), true}), IsEmpty());
}

TEST(Membership, OthersAreToldOfAJoiner) {
  Meeting m;
  m.join("ann");
  EXPECT_THAT(m.join("bob"), ElementsAre("answer: joined bob; others [ann], tracks [], chat []",
                                         "to ann: joined bob", "open transport bob"));
}

TEST(Membership, LateJoinerReceivesExistingTracks) {
  Meeting m;
  m.join("ann");
  m.live("ann", "mic", Source::Microphone);
  m.live("ann", "cam");
  m.publish("ann", "screen", Source::Screen);  // not negotiated yet: not for others to know
  EXPECT_THAT(m.join("bob"), ElementsAre("answer: joined bob; others [ann], tracks [], chat []",
                                         "to ann: joined bob", "open transport bob",
                                         "link ann/mic -> bob", "link ann/cam -> bob"));
  const auto ann = m.joined().participants.at(0);
  EXPECT_EQ(ann.name, "ann");
  EXPECT_TRUE(ann.host);
  ASSERT_EQ(ann.tracks.size(), 2U);
  EXPECT_EQ(ann.tracks[0].codec, "opus");
  EXPECT_TRUE(ann.tracks[0].live);
}

TEST(Membership, LateJoinerReceivesChatHistory) {
  Meeting m;
  m.join("ann");
  m.chat("ann", "one");
  m.chat("ann", "two");
  EXPECT_THAT(m.join("bob"),
              Contains("answer: joined bob; others [ann], tracks [], chat [one,two]"));
}

TEST(Membership, LateJoinerLearnsWhoSpeaks) {
  Meeting m;
  m.join("ann");
  m.live("ann", "mic", Source::Microphone);
  m.speak("ann", "mic");
  EXPECT_THAT(m.join("bob"), Contains("to bob: speaking ann"));
}

TEST(Membership, LeavingIsAnsweredToldAndForgotten) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.live("bob", "cam");
  EXPECT_THAT(m.leave("bob"),
              ElementsAre("answer: done", "unlink cam -> ann", "to ann: left bob (left)",
                          "close transport bob", "forget bob"));
  EXPECT_EQ(m.room.participants().size(), 1U);
}

TEST(Membership, RoomEndsWhenTheLastOneLeaves) {
  Meeting m;
  m.join("ann");
  EXPECT_THAT(m.leave("ann"),
              ElementsAre("answer: done", "close transport ann", "forget ann", "end room"));
}

TEST(Membership, LeavingTwiceIsRefused) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.leave("ann");
  EXPECT_THAT(m.leave("ann"), ElementsAre("answer: not_joined"));
}

TEST(Membership, JoiningTwiceIsRefusedAndChangesNothing) {
  Meeting m;
  m.join("ann");
  EXPECT_THAT(m.join("ann"), ElementsAre("answer: already_joined"));
  EXPECT_EQ(m.room.participants().size(), 1U);
}

TEST(Membership, FullRoomRefusesWithItsLimit) {
  Meeting m({.participants = 2});
  m.join("ann");
  m.join("bob");
  EXPECT_THAT(m.join("cid"), ElementsAre("answer: room_full"));
  EXPECT_THAT(m.error().message, ::testing::HasSubstr("2 participants"));
  m.leave("ann");
  EXPECT_THAT(m.join("cid"), Contains("open transport cid"));
}

TEST(Membership, KeptSeatsCountTowardsTheLimit) {
  Meeting m({.participants = 2});
  m.join("ann");
  m.join("bob");
  m.lose_signaling("bob");
  m.lose_transport("bob");
  m.after(seconds(11));
  EXPECT_THAT(m.join("cid"), ElementsAre("answer: room_full"));
  EXPECT_THAT(m.resume("bob", false), Contains("open transport bob"));
}

TEST(Membership, HostPassesToTheLongestPresent) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.join("cid");
  EXPECT_THAT(m.leave("ann"), ElementsAre("answer: done", "to bob: left ann (left)",
                                          "to cid: left ann (left)", "to bob: host bob",
                                          "to cid: host bob", "close transport ann", "forget ann"));
  EXPECT_TRUE(m.room.participants().at(0).host);
  EXPECT_FALSE(m.room.participants().at(1).host);
}

TEST(Membership, HostStaysWhenAnotherLeaves) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  EXPECT_THAT(starting_with("to ann: host", m.leave("bob")), IsEmpty());
}

TEST(Membership, OperatorRemovesAParticipant) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  EXPECT_THAT(m.remove("ann"), ElementsAre("answer: done", "to ann: removed (removed_by_operator)",
                                           "to bob: left ann (removed)", "to bob: host bob",
                                           "close transport ann", "forget ann"));
}

TEST(Membership, OperatorRemovesAKeptSeat) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.lose_transport("ann");
  m.after(seconds(10));
  EXPECT_THAT(m.remove("ann"), ElementsAre("answer: done", "forget ann"));
  EXPECT_THAT(m.resume("ann", false), ElementsAre("answer: resume_failed"));
}

TEST(Membership, RemovingAStrangerIsRefused) {
  Meeting m;
  m.join("ann");
  EXPECT_THAT(m.remove("bob"), ElementsAre("answer: participant_not_found"));
}

TEST(Membership, ClosingTheRoomTellsEveryoneAndEndsIt) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.live("ann", "cam");
  EXPECT_THAT(m.close(),
              ElementsAre("answer: done", "to ann: room closed (closed_by_operator)",
                          "to bob: room closed (closed_by_operator)", "close transport bob",
                          "forget bob", "close transport ann", "forget ann", "end room"));
}

TEST(Membership, RoomNobodyJoinedEndsAtTheFirstTick) {
  Meeting m;
  EXPECT_THAT(m.after(seconds(1)), ElementsAre("end room"));
}

TEST(Membership, RoomWhoseFirstJoinIsRefusedEnds) {
  Meeting m;
  EXPECT_THAT(m.join_as("ann", ""), ElementsAre("answer: invalid_field", "end room"));
}

TEST(Membership, RoomMadeByAnOperatorWaitsAnHourForItsFirstParticipant) {
  Meeting m;
  m.room.keep_for_first_join();
  EXPECT_THAT(m.after(seconds(1)), IsEmpty());
  EXPECT_THAT(m.after(seconds(3599)), IsEmpty());
  EXPECT_THAT(m.after(seconds(1)), ElementsAre("end room"));
}

TEST(Membership, RoomMadeByAnOperatorSurvivesARefusedJoin) {
  Meeting m;
  m.room.keep_for_first_join();
  EXPECT_THAT(m.join_as("ann", ""), ElementsAre("answer: invalid_field"));
}

TEST(Membership, RoomMadeByAnOperatorEndsLikeAnyOtherOnceItWasUsed) {
  Meeting m;
  m.room.keep_for_first_join();
  m.join("ann");
  EXPECT_THAT(m.leave("ann"), Contains("end room"));
}

TEST(Membership, OperatorClosesARoomThatStillWaits) {
  Meeting m;
  m.room.keep_for_first_join();
  EXPECT_THAT(m.close(), ElementsAre("answer: done", "end room"));
}

TEST(Membership, RequestsOfStrangersAreRefusedByTheirOwnName) {
  Meeting m;
  m.join("ann");
  m.live("ann", "cam");
  EXPECT_THAT(m.publish("eve", "t"), ElementsAre("answer: not_joined"));
  EXPECT_THAT(m.unpublish("eve", "cam"), ElementsAre("answer: not_joined"));
  EXPECT_THAT(m.mute("eve", "cam"), ElementsAre("answer: not_joined"));
  EXPECT_THAT(m.subscribe("eve", {wish("cam")}), ElementsAre("answer: not_joined"));
  EXPECT_THAT(m.chat("eve", "hi"), ElementsAre("answer: not_joined"));
  EXPECT_THAT(m.leave("eve"), ElementsAre("answer: not_joined"));
  EXPECT_EQ(m.error().message, "not in a room; send join first");
}

TEST(Membership, FactsAboutStrangersAreIgnored) {
  Meeting m;
  m.join("ann");
  EXPECT_THAT(m.appear("eve", "cam"), IsEmpty());
  EXPECT_THAT(m.refuse("eve", "cam"), IsEmpty());
  EXPECT_THAT(m.speak("eve", "cam"), IsEmpty());
  EXPECT_THAT(m.lose_signaling("eve"), IsEmpty());
  EXPECT_THAT(m.lose_transport("eve"), IsEmpty());
  EXPECT_THAT(m.apply(Undecodable{ParticipantId("eve"), TrackId("cam"), true}), IsEmpty());
}

TEST(Membership, StrangerHasNoSubscriptions) {
  Meeting m;
  EXPECT_THAT(m.room.subscriptions(ParticipantId("eve")), IsEmpty());
}

}  // namespace
}  // namespace parley::rooms::test
