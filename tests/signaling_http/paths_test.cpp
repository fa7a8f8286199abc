#include "signaling/http/paths.hpp"

#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "signaling/http/room_names.hpp"

namespace parley::signaling::http {
namespace {

TEST(RoomId, IsOneToSixtyFourWordCharacters) {
  EXPECT_TRUE(is_room_id("a"));
  EXPECT_TRUE(is_room_id("Team_7-standup"));
  EXPECT_TRUE(is_room_id(std::string(64, 'x')));
  for (const std::string bad : {"", "a b", "a.b", "a/b", "\xc3\xa4", "a\n", "<b>"})
    EXPECT_FALSE(is_room_id(bad)) << bad;
  EXPECT_FALSE(is_room_id(std::string(65, 'x')));
}

TEST(RoomId, IsNoneOfTheServersOwnPaths) {
  for (const std::string_view reserved : kReservedSegments) EXPECT_FALSE(is_room_id(reserved));
  EXPECT_TRUE(is_room_id("apis"));
  EXPECT_TRUE(is_room_id("API"));
}

TEST(RoomNames, AreReadableFreshAndFit) {
  const std::regex readable("([b-z][aeiou]){3}-([b-z][aeiou]){3}-([b-z][aeiou]){2}");
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = random_room_id().str();
    EXPECT_TRUE(std::regex_match(id, readable)) << id;
    EXPECT_TRUE(is_room_id(id));
    EXPECT_TRUE(seen.insert(id).second) << id << " came twice";
  }
}

}  // namespace
}  // namespace parley::signaling::http
