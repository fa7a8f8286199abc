#include "signaling/applications/membership.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::signaling::applications {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Membership, MembersStandInTheOrderTheyCameIn) {
  Membership rooms({});
  for (const char* id : {"c", "a", "b", "a"}) EXPECT_TRUE(rooms.join("room", id));
  EXPECT_THAT(rooms.members("room"), ElementsAre("c", "a", "b"));
  rooms.leave("room", "c");
  EXPECT_THAT(rooms.members("room"), ElementsAre("a", "b"));
  EXPECT_THAT(rooms.rooms("c"), IsEmpty());
  EXPECT_THAT(rooms.members("other"), IsEmpty());
}

TEST(Membership, OnlyWhoSharesARoomIsTogether) {
  Membership rooms({});
  EXPECT_TRUE(rooms.join("one", "a"));
  EXPECT_TRUE(rooms.join("one", "b"));
  EXPECT_TRUE(rooms.join("two", "b"));
  EXPECT_TRUE(rooms.join("two", "c"));
  EXPECT_TRUE(rooms.together("a", "b"));
  EXPECT_TRUE(rooms.together("c", "b"));
  EXPECT_FALSE(rooms.together("a", "c"));
  EXPECT_FALSE(rooms.together("a", "nobody"));
  rooms.leave("one", "b");
  EXPECT_FALSE(rooms.together("a", "b"));
}

TEST(Membership, RoomsAndMembersAreBounded) {
  Membership rooms({.members = 2, .rooms = 2});
  EXPECT_TRUE(rooms.join("one", "a"));
  EXPECT_TRUE(rooms.join("one", "b"));
  EXPECT_EQ(rooms.join("one", "c").error().code, "room_full");
  EXPECT_TRUE(rooms.join("one", "a"));
  EXPECT_TRUE(rooms.join("two", "a"));
  EXPECT_EQ(rooms.join("three", "a").error().code, "too_many_rooms");
  rooms.leave("two", "a");
  EXPECT_TRUE(rooms.join("three", "a"));
}

TEST(Membership, ARoomIsLeftByTheNameItIsKeptUnder) {
  Membership rooms({});
  EXPECT_TRUE(rooms.join("a room with a name that is no small string", "somebody"));
  rooms.leave(rooms.rooms("somebody").front(), "somebody");
  EXPECT_THAT(rooms.rooms("somebody"), IsEmpty());
  EXPECT_THAT(rooms.members("a room with a name that is no small string"), IsEmpty());
}

}  // namespace
}  // namespace parley::signaling::applications
