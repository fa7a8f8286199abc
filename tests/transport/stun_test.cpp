#include "transport/stun.hpp"

#include <gmock/gmock.h>

#include "forwarding/bytes.hpp"
#include "tests/transport/support/hex.hpp"

namespace parley::transport::stun {
namespace {

using ::testing::ElementsAre;
using testing::from_hex;

// RFC 5769 section 2: password and messages.
constexpr std::string_view kPassword = "VOkJxbRl1RmTxUk/WvJxBt";

const std::vector<std::uint8_t> kRequest = from_hex(
    "00010058 2112a442 b7e7a701bc34d686fa87dfae"
    "80220010 5354554e207465737420636c69656e74"
    "00240004 6e0001ff"
    "80290008 932ff9b151263b36"
    "00060009 6576746a3a68367659202020"
    "00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004 e57a3bcf");

const std::vector<std::uint8_t> kIpv4Response = from_hex(
    "0101003c 2112a442 b7e7a701bc34d686fa87dfae"
    "8022000b 7465737420766563746f7220"
    "00200008 0001a147e112a643"
    "00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004 c07d4c96");

const std::vector<std::uint8_t> kIpv6Response = from_hex(
    "01010048 2112a442 b7e7a701bc34d686fa87dfae"
    "8022000b 7465737420766563746f7220"
    "00200014 0002a147 0113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014 a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004 c8fb0b4c");

constexpr TransactionId kId{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

TEST(Stun, ReadsTheSampleRequestOfRfc5769) {
  const auto message = parse(kRequest);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->cls, Class::Request);
  EXPECT_EQ(message->method, kBinding);
  EXPECT_EQ(message->username, "evtj:h6vY");
  EXPECT_EQ(message->priority, 0x6e0001ffu);
  EXPECT_EQ(message->controlled, 0x932ff9b151263b36u);
  EXPECT_FALSE(message->controlling);
  EXPECT_FALSE(message->use_candidate);
  EXPECT_TRUE(message->fingerprint);
  EXPECT_EQ(message->unknown_count, 0u);
  EXPECT_TRUE(verify(kRequest, *message, HmacSha1(kPassword)));
}

TEST(Stun, ReadsTheIpv4ResponseOfRfc5769) {
  const auto message = parse(kIpv4Response);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->cls, Class::Success);
  ASSERT_TRUE(message->mapped);
  EXPECT_EQ(to_string(message->mapped->ip), "192.0.2.1");
  EXPECT_EQ(message->mapped->port, 32853);
  EXPECT_TRUE(verify(kIpv4Response, *message, HmacSha1(kPassword)));
}

TEST(Stun, ReadsTheIpv6ResponseOfRfc5769) {
  const auto message = parse(kIpv6Response);
  ASSERT_TRUE(message);
  ASSERT_TRUE(message->mapped);
  EXPECT_EQ(to_string(message->mapped->ip), "2001:db8:1234:5678:11:2233:4455:6677");
  EXPECT_EQ(message->mapped->port, 32853);
  EXPECT_TRUE(verify(kIpv6Response, *message, HmacSha1(kPassword)));
}

TEST(Stun, NoticesEveryChangedByte) {
  const HmacSha1 key(kPassword);
  const std::size_t covered = parse(kRequest)->integrity_at + 24;
  for (std::size_t i = 0; i < kRequest.size(); ++i) {
    auto changed = kRequest;
    changed[i] ^= 0x01;
    const auto whole = parse(changed);
    EXPECT_FALSE(whole && whole->fingerprint) << "FINGERPRINT missed byte " << i;
    if (i >= covered) continue;
    changed.resize(covered);  // without FINGERPRINT it is MESSAGE-INTEGRITY that has to notice
    forwarding::write_u16(changed, 2, static_cast<std::uint16_t>(covered - kHeaderSize));
    if (i == 2 || i == 3) continue;  // just written over
    const auto message = parse(changed);
    EXPECT_FALSE(message && verify(changed, *message, key))
        << "MESSAGE-INTEGRITY missed byte " << i;
  }
}

TEST(Stun, ADifferentPasswordDoesNotVerify) {
  EXPECT_FALSE(verify(kRequest, *parse(kRequest), HmacSha1("VOkJxbRl1RmTxUk/WvJxBT")));
  EXPECT_FALSE(verify(kRequest, *parse(kRequest), HmacSha1("")));
}

TEST(Stun, RejectsEveryTruncation) {
  for (std::size_t size = 0; size < kRequest.size(); ++size)
    EXPECT_FALSE(parse(std::span(kRequest).first(size))) << size;
}

TEST(Stun, RejectsAnAttributeThatReachesBeyondTheMessage) {
  std::array<std::uint8_t, 256> out;
  const std::size_t size =
      Builder(out, Class::Request, kBinding, kId).text(kUsername, "abcd").finish(nullptr);
  const auto datagram = std::span(out).first(size);
  ASSERT_TRUE(parse(datagram));
  datagram[kHeaderSize + 2] = 0xff;
  EXPECT_FALSE(parse(datagram));
}

TEST(Stun, WritesWhatItReads) {
  const HmacSha1 key("password");
  std::array<std::uint8_t, 256> out;
  const Address address{*parse_ip("2001:db8::7"), 4321, 0};
  const std::size_t size = Builder(out, Class::Request, 0x0abc, kId)
                               .text(kUsername, "local:remote")
                               .number(kPriority, std::uint32_t{77})
                               .number(kIceControlling, std::uint64_t{0x0102030405060708})
                               .flag(kUseCandidate)
                               .xor_mapped(address)
                               .error(487, "Role Conflict")
                               .finish(&key);
  ASSERT_GT(size, 0u);
  const auto datagram = std::span<const std::uint8_t>(out).first(size);
  const auto message = parse(datagram);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->method, 0x0abc);
  EXPECT_EQ(message->transaction, kId);
  EXPECT_EQ(message->username, "local:remote");
  EXPECT_EQ(message->priority, 77u);
  EXPECT_EQ(message->controlling, 0x0102030405060708u);
  EXPECT_TRUE(message->use_candidate);
  EXPECT_EQ(message->mapped, address);
  EXPECT_EQ(message->error_code, 487);
  EXPECT_TRUE(message->fingerprint);
  EXPECT_TRUE(verify(datagram, *message, key));
}

TEST(Stun, EveryClassSurvivesTheRoundTrip) {
  for (const Class cls : {Class::Request, Class::Indication, Class::Success, Class::Error}) {
    std::array<std::uint8_t, 64> out;
    const std::size_t size = Builder(out, cls, 0xfff, kId).finish(nullptr);
    const auto message = parse(std::span<const std::uint8_t>(out).first(size));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->cls, cls);
    EXPECT_EQ(message->method, 0xfff);
  }
}

TEST(Stun, AttributesBehindMessageIntegrityDoNotCount) {
  const HmacSha1 key("password");
  std::array<std::uint8_t, 256> out;
  const std::size_t honest =
      Builder(out, Class::Request, kBinding, kId).text(kUsername, "a:b").finish(&key);
  const std::size_t integrity_end = parse(std::span(out).first(honest))->integrity_at + 24;
  // Someone on the way adds USE-CANDIDATE and a new FINGERPRINT.
  std::array<std::uint8_t, 256> forged;
  Builder builder(forged, Class::Request, kBinding, kId);
  for (std::size_t at = kHeaderSize; at < integrity_end;) {
    const std::size_t length = forwarding::read_u16(out, at + 2);
    builder.bytes(static_cast<Attribute>(forwarding::read_u16(out, at)),
                  std::span(out).subspan(at + 4, length));
    at += 4 + (length + 3) / 4 * 4;
  }
  const std::size_t size = builder.flag(kUseCandidate).finish(nullptr);
  const auto datagram = std::span<const std::uint8_t>(forged).first(size);
  const auto message = parse(datagram);
  ASSERT_TRUE(message);
  EXPECT_TRUE(verify(datagram, *message, key));
  EXPECT_FALSE(message->use_candidate);
}

TEST(Stun, ListsComprehensionRequiredAttributesItDoesNotKnow) {
  std::array<std::uint8_t, 256> out;
  const std::size_t size = Builder(out, Class::Request, kBinding, kId)
                               .flag(static_cast<Attribute>(0x7001))
                               .flag(static_cast<Attribute>(0xc057))  // comprehension-optional
                               .flag(static_cast<Attribute>(0x0fff))
                               .finish(nullptr);
  const auto message = parse(std::span<const std::uint8_t>(out).first(size));
  ASSERT_TRUE(message);
  EXPECT_THAT(std::vector(message->unknown.begin(), message->unknown.begin() + 2),
              ElementsAre(0x7001, 0x0fff));
  EXPECT_EQ(message->unknown_count, 2u);
}

TEST(Stun, AMessageThatDoesNotFitIsNotWritten) {
  const HmacSha1 key("password");
  std::array<std::uint8_t, 60> out;
  EXPECT_EQ(Builder(out, Class::Request, kBinding, kId).text(kUsername, "0123456789").finish(&key),
            0u);
}

}  // namespace
}  // namespace parley::transport::stun
