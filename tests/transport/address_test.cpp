#include "transport/address.hpp"

#include <set>

#include <gtest/gtest.h>

#include "transport/demux.hpp"
#include "transport/host_addresses.hpp"

namespace parley::transport {
namespace {

TEST(Address, ReadsBothFamilies) {
  EXPECT_EQ(to_string(*parse_ip("192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(to_string(*parse_ip("2001:DB8::1")), "2001:db8::1");
  EXPECT_EQ(parse_ip("::ffff:192.0.2.1"), parse_ip("192.0.2.1"));
  for (const auto* text : {"", "localhost", "1.2.3", "[::1]", "fe80::1%eth0",
                           "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17"})
    EXPECT_FALSE(parse_ip(text)) << text;
}

TEST(Address, ComesBackFromASockaddr) {
  for (const auto* text : {"192.0.2.1", "2001:db8::1", "::1"}) {
    const Address address{*parse_ip(text), 4711, 0};
    sockaddr_storage name;
    to_sockaddr(address, AF_INET6, name);
    EXPECT_EQ(from_sockaddr(name), address);
  }
  const Address v4{*parse_ip("192.0.2.1"), 4711, 0};
  sockaddr_storage name;
  to_sockaddr(v4, AF_INET, name);
  EXPECT_EQ(from_sockaddr(name), v4) << "the same key, whatever the socket's family";
}

TEST(Address, OnlyLinkLocalOnesKeepTheirInterface) {
  for (const auto& [text, scope] : {std::pair{"fe80::1", 3u}, std::pair{"2001:db8::1", 0u}}) {
    sockaddr_storage name;
    to_sockaddr({*parse_ip(text), 1, 3}, AF_INET6, name);
    EXPECT_EQ(from_sockaddr(name).scope, scope) << text;
  }
}

TEST(Address, HashesSpreadAndDependOnTheSeed) {
  std::set<std::size_t> hashes;
  for (std::uint16_t port = 0; port < 1000; ++port)
    for (const std::uint64_t seed : {1u, 2u})
      hashes.insert(AddressHash{seed}({*parse_ip("::1"), port, 0}));
  EXPECT_EQ(hashes.size(), 2000u);
}

TEST(Candidates, LoopbackComesLast) {
  const auto candidates = make_candidates({}, true, 10000);
  ASSERT_TRUE(candidates);
  ASSERT_FALSE(candidates->empty());
  bool loopback_seen = false;
  std::uint32_t last = UINT32_MAX;
  std::set<std::string> foundations;
  for (const Candidate& candidate : *candidates) {
    const bool loopback = is_loopback(*parse_ip(candidate.address));
    EXPECT_FALSE(loopback_seen && !loopback);
    loopback_seen |= loopback;
    EXPECT_LT(candidate.priority, last);
    last = candidate.priority;
    EXPECT_EQ(candidate.port, 10000);
    EXPECT_TRUE(foundations.insert(candidate.foundation).second);
  }
  EXPECT_TRUE(loopback_seen);
}

TEST(Candidates, AnnouncedAddressesReplaceTheMachinesOwn) {
  const auto candidates = make_candidates({"203.0.113.7", "2001:db8::7", "203.0.113.7"}, true, 5);
  ASSERT_TRUE(candidates);
  ASSERT_EQ(candidates->size(), 2u);
  EXPECT_EQ(to_sdp((*candidates)[0]), "candidate:1 1 UDP 2130706431 203.0.113.7 5 typ host");
  EXPECT_EQ(to_sdp((*candidates)[1]), "candidate:2 1 UDP 2130706175 2001:db8::7 5 typ host");
}

TEST(Candidates, ABadAnnouncementIsNamed) {
  const auto candidates = make_candidates({"example.org"}, true, 5);
  ASSERT_FALSE(candidates);
  EXPECT_EQ(candidates.error().code, "bad_announce");
  EXPECT_NE(candidates.error().message.find("example.org"), std::string::npos);
}

TEST(Demux, FollowsRfc7983) {
  const auto of = [](std::uint8_t first, std::uint8_t second) {
    const std::array<std::uint8_t, 2> bytes{first, second};
    return classify(bytes);
  };
  EXPECT_EQ(of(0, 1), Protocol::Stun);
  EXPECT_EQ(of(3, 0), Protocol::Stun);
  EXPECT_EQ(of(16, 0), Protocol::Unknown);  // ZRTP
  EXPECT_EQ(of(20, 254), Protocol::Dtls);
  EXPECT_EQ(of(63, 254), Protocol::Dtls);
  EXPECT_EQ(of(64, 0), Protocol::Unknown);  // TURN channels
  EXPECT_EQ(of(128, 96), Protocol::Rtp);
  EXPECT_EQ(of(128, 96 | 128), Protocol::Rtp);
  EXPECT_EQ(of(128, 200), Protocol::Rtcp);
  EXPECT_EQ(of(191, 111), Protocol::Rtp);
  EXPECT_EQ(of(192, 0), Protocol::Unknown);
  EXPECT_EQ(classify({}), Protocol::Unknown);
}

}  // namespace
}  // namespace parley::transport
