#include "tests/rooms/support/meeting.hpp"

namespace parley::rooms::test {
namespace {

TEST(Tracks, PublishingOpensAnMLineAndTellsNobodyYet) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  EXPECT_THAT(m.publish("ann", "t1", Source::ScreenAudio),
              ElementsAre("answer: published t1", "open track ann/t1 audio screen-audio"));
}

TEST(Tracks, TrackIsAnnouncedAndLinkedWhenNegotiated) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.join("cid");
  m.publish("ann", "cam");
  EXPECT_THAT(m.appear("ann", "cam", "VP9"),
              ElementsAre("to bob: track ann/cam VP9", "to cid: track ann/cam VP9",
                          "link ann/cam -> bob", "link ann/cam -> cid"));
  EXPECT_EQ(m.room.participants().at(0).tracks.at(0),
            (Track{TrackId("cam"), Kind::Video, Source::Camera, "VP9", false, true}));
}

TEST(Tracks, AnnouncedTrackSaysThatItIsLive) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.live("ann", "cam");
  EXPECT_TRUE(std::get<event::TrackAdded>(std::get<Send>(m.effects.at(0)).event).track.live);
  EXPECT_TRUE(std::get<LinkTrack>(m.effects.at(1)).track.live);
}

TEST(Tracks, AppearingAgainIsNoNews) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.live("ann", "cam");
  EXPECT_THAT(m.appear("ann", "cam"), IsEmpty());
}

TEST(Tracks, LayersAreToldWithTheTrackAndWhenTheyChange) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.publish("ann", "cam");
  const ParticipantId ann("ann");
  const TrackId cam("cam");
  m.apply(TrackAppeared{ann, cam, "VP8", {"q", "h", "f"}});
  const auto& told = std::get<event::TrackAdded>(std::get<Send>(m.effects.at(0)).event);
  EXPECT_THAT(told.track.layers, ElementsAre("q", "h", "f"));
  EXPECT_THAT(m.apply(TrackAppeared{ann, cam, "VP8", {"q", "h", "f"}}), IsEmpty());
  EXPECT_THAT(m.apply(TrackAppeared{ann, cam, "VP8", {}}),
              ElementsAre("to bob: track ann/cam VP8"));
  m.join("cid");
  EXPECT_THAT(m.joined().participants.at(0).tracks.at(0).layers, IsEmpty());
}

TEST(Tracks, ChangedCodecIsToldWithoutANewLink) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.live("ann", "cam");
  EXPECT_THAT(m.appear("ann", "cam", "AV1"), ElementsAre("to bob: track ann/cam AV1"));
  m.join("cid");
  EXPECT_EQ(m.joined().participants.at(0).tracks.at(0).codec, "AV1");
}

TEST(Tracks, TrackThatWasNeverPublishedDoesNotAppear) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  EXPECT_THAT(m.appear("ann", "cam"), IsEmpty());
}

TEST(Tracks, UnpublishingUnlinksTellsAndCloses) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.live("ann", "cam");
  EXPECT_THAT(m.unpublish("ann", "cam"),
              ElementsAre("answer: done", "unlink cam -> bob", "to bob: no track ann/cam",
                          "close track ann/cam"));
  EXPECT_THAT(m.room.participants().at(0).tracks, IsEmpty());
  EXPECT_THAT(m.room.subscriptions(ParticipantId("bob")), IsEmpty());
}

TEST(Tracks, UnpublishingBeforeItIsLiveConcernsNobodyElse) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.publish("ann", "cam");
  EXPECT_THAT(m.unpublish("ann", "cam"), ElementsAre("answer: done", "close track ann/cam"));
}

TEST(Tracks, OnlyItsPublisherUnpublishesOrMutesATrack) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.live("ann", "cam");
  EXPECT_THAT(m.unpublish("bob", "cam"), ElementsAre("answer: track_not_found"));
  EXPECT_THAT(m.mute("bob", "cam"), ElementsAre("answer: track_not_found"));
  EXPECT_THAT(m.error().message, ::testing::HasSubstr("track"));
}

TEST(Tracks, RefusedTrackFailsForItsPublisherAlone) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.publish("ann", "cam");
  EXPECT_THAT(m.refuse("ann", "cam"),
              ElementsAre("to ann: publish failed cam", "close track ann/cam"));
  EXPECT_THAT(m.room.participants().at(0).tracks, IsEmpty());
}

TEST(Tracks, TrackRefusedAfterItWasLiveIsRemovedForTheOthers) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.live("ann", "cam");
  EXPECT_THAT(m.refuse("ann", "cam"),
              ElementsAre("to ann: publish failed cam", "unlink cam -> bob",
                          "to bob: no track ann/cam", "close track ann/cam"));
}

TEST(Tracks, NinthTrackOfAParticipantIsRefused) {
  Meeting m;
  m.join("ann");
  for (int i = 0; i < 8; ++i) m.publish("ann", "t" + std::to_string(i));
  EXPECT_THAT(m.publish("ann", "t8"), ElementsAre("answer: track_limit"));
  EXPECT_THAT(m.error().message, ::testing::HasSubstr("8 tracks"));
  m.unpublish("ann", "t0");
  EXPECT_THAT(m.publish("ann", "t8"), Contains("answer: published t8"));
}

TEST(Tracks, TrackIdInUseAnywhereInTheRoomIsRefused) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.publish("ann", "cam");
  EXPECT_THAT(m.publish("bob", "cam"), ElementsAre("answer: internal"));
}

TEST(Tracks, MutingIsToldOnceToTheOthers) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.live("ann", "mic", Source::Microphone);
  EXPECT_THAT(m.mute("ann", "mic"), ElementsAre("answer: done", "to bob: muted ann/mic"));
  EXPECT_THAT(m.mute("ann", "mic"), ElementsAre("answer: done"));
  m.join("cid");
  EXPECT_TRUE(m.joined().participants.at(0).tracks.at(0).muted);
  EXPECT_THAT(m.mute("ann", "mic", false),
              ElementsAre("answer: done", "to bob: unmuted ann/mic", "to cid: unmuted ann/mic"));
}

TEST(Tracks, TrackMutedBeforeItIsLiveIsAnnouncedMuted) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.publish("ann", "mic", Source::Microphone);
  EXPECT_THAT(m.mute("ann", "mic"), ElementsAre("answer: done"));
  EXPECT_THAT(m.appear("ann", "mic", "opus"), Contains("to bob: track ann/mic opus muted"));
}

TEST(Tracks, TrackPublishedMutedIsAnnouncedMuted) {
  Meeting m;
  m.join("ann");
  m.join("bob");
  m.publish("ann", "mic", Source::Microphone, true);
  EXPECT_THAT(m.appear("ann", "mic", "opus"), Contains("to bob: track ann/mic opus muted"));
}

}  // namespace
}  // namespace parley::rooms::test
