#include "signaling/http/ice_servers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::signaling::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const WallTime kNow{std::chrono::seconds(1'700'000'000)};

TEST(IceServersTest, TurnServersComeWithCredentialsForADay) {
  const auto servers = IceServers::create(
      {"stun:stun.example.org", "turn:turn.example.org:3478?transport=tcp"}, "north");
  ASSERT_TRUE(servers.ok()) << servers.error().message;
  // printf 1700086400 | openssl dgst -sha1 -hmac north -binary | base64
  EXPECT_THAT(servers->at(kNow),
              ElementsAre(IceServer{"stun:stun.example.org", "", ""},
                          IceServer{"turn:turn.example.org:3478?transport=tcp", "1700086400",
                                    "K+RlgFj3QLvB7WAVHfjfgMgyBeA="}));
}

TEST(IceServersTest, NoneAreToldOfUnlessSomeAreGiven) {
  EXPECT_TRUE(IceServers().at(kNow).empty());
  EXPECT_TRUE(IceServers::create({}, "north")->at(kNow).empty());
}

TEST(IceServersTest, AddressesOfBothFamiliesAreTaken) {
  for (const char* url : {"stun:192.0.2.1", "stuns:[2001:db8::1]:5349", "turn:192.0.2.1:3478",
                          "turns:turn.example.org?transport=tcp"})
    EXPECT_TRUE(IceServers::create({url}, "north").ok()) << url;
}

TEST(IceServersTest, WhatIsNoStunOrTurnUrlIsShownInTheError) {
  for (const char* url :
       {"", "stun.example.org", "http://stun.example.org", "stun:", "stun:host:port",
        "stun:host?transport=udp", "turn:host?transport=sctp", "turn:user:pass@host",
        "turn:host>; rel=x", "stun:ho st", "turn:host\r\nLocation: x"}) {
    const auto servers = IceServers::create({url}, "north");
    ASSERT_FALSE(servers.ok()) << url;
    EXPECT_EQ(servers.error().code, "invalid_ice_server");
    EXPECT_THAT(servers.error().message, HasSubstr(url));
  }
  EXPECT_FALSE(IceServers::create(std::vector<std::string>(17, "stun:host"), "").ok());
}

TEST(IceServersTest, TurnWithoutASecretNamesTheOptionThatIsMissing) {
  const auto servers = IceServers::create({"turn:turn.example.org"}, "");
  ASSERT_FALSE(servers.ok());
  EXPECT_EQ(servers.error().code, "no_turn_secret");
  EXPECT_THAT(servers.error().message, HasSubstr("--turn-secret"));
}

}  // namespace
}  // namespace parley::signaling::http
