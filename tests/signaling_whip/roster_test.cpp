#include "signaling/whip/roster.hpp"

#include <gtest/gtest.h>

namespace parley::signaling::whip {
namespace {

using rooms::Participant;
using rooms::Source;
using rooms::Track;
namespace event = rooms::event;

Track track(const std::string& id, Source source) {
  return {.id = TrackId(id),
          .kind = rooms::kind_of(source),
          .source = source,
          .codec = "",
          .live = true};
}

Participant with_camera(const std::string& id) {
  return {ParticipantId(id),
          "Name of " + id,
          false,
          {track(id + "-mic", Source::Microphone), track(id + "-cam", Source::Camera)}};
}

std::string shown(Roster& roster) {
  const auto programme = roster.choose();
  return programme ? programme->publisher.str() : "nobody";
}

TEST(Roster, NobodyIsShownBeforeSomebodyPublishes) {
  Roster roster("");
  EXPECT_EQ(shown(roster), "nobody");
  roster.set({{ParticipantId("ann"), "Ann", true, {}}}, ParticipantId("ann"));
  EXPECT_EQ(shown(roster), "nobody");
  roster.apply(event::TrackAdded{ParticipantId("ann"), track("mic", Source::Microphone)});
  EXPECT_EQ(shown(roster), "ann");
}

TEST(Roster, WhoHasTheFloorIsShownAndStaysInSilence) {
  Roster roster("");
  roster.set({with_camera("ann"), with_camera("bob")}, {});
  EXPECT_EQ(shown(roster), "ann");
  roster.apply(event::ActiveSpeaker{{ParticipantId("bob")}, ParticipantId("bob")});
  EXPECT_EQ(shown(roster), "bob");
  roster.apply(event::ActiveSpeaker{});
  EXPECT_EQ(shown(roster), "bob");
  roster.apply(event::ParticipantLeft{ParticipantId("bob"), "left"});
  EXPECT_EQ(shown(roster), "ann");
}

TEST(Roster, ASpeakerWhoPublishesNothingChangesNothing) {
  Roster roster("");
  roster.set({with_camera("ann"), {ParticipantId("eve"), "Eve", false, {}}}, {});
  EXPECT_EQ(shown(roster), "ann");
  roster.apply(event::ActiveSpeaker{{ParticipantId("eve")}, ParticipantId("eve")});
  EXPECT_EQ(shown(roster), "ann");
}

TEST(Roster, WhoIsWantedIsFoundByIdAheadOfName) {
  Participant named = with_camera("one");
  named.name = "two";
  for (const auto& [wanted, found] :
       {std::pair{"two", "two"}, {"Name of two", "two"}, {"three", "nobody"}}) {
    Roster roster(wanted);
    roster.set({named, with_camera("two")}, ParticipantId("one"));
    EXPECT_EQ(shown(roster), found) << wanted;
  }
}

TEST(Roster, ACameraIsShownBeforeAScreenAndAScreenBeforeNothing) {
  Roster roster("ann");
  Participant ann{ParticipantId("ann"), "Ann", false, {track("screen", Source::Screen)}};
  roster.set({ann}, {});
  EXPECT_EQ(roster.choose()->video->id, TrackId("screen"));
  roster.apply(event::TrackAdded{ann.id, track("cam", Source::Camera)});
  EXPECT_EQ(roster.choose()->video->id, TrackId("cam"));
  roster.apply(event::TrackRemoved{ann.id, TrackId("cam")});
  EXPECT_EQ(roster.choose()->video->id, TrackId("screen"));
}

}  // namespace
}  // namespace parley::signaling::whip
