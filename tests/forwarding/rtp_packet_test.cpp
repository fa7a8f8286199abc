#include "forwarding/rtp_packet.hpp"

#include <gtest/gtest.h>

#include "forwarding/rtp_writer.hpp"
#include "tests/forwarding/support/rtp.hpp"

namespace parley::forwarding::test {
namespace {

Buffer to_buffer(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

TEST(RtpPacket, ReadsTheFixedHeader) {
  const Rtp written{.payload_type = 96,
                    .sequence = 0xfffe,
                    .timestamp = 0x89abcdef,
                    .ssrc = 0xdeadbeef,
                    .marker = true,
                    .payload = {9, 8, 7}};
  const Buffer bytes = written.to_bytes();
  const auto packet = RtpPacket::parse(bytes).value();
  EXPECT_TRUE(packet.marker);
  EXPECT_EQ(packet.payload_type, 96);
  EXPECT_EQ(packet.sequence, 0xfffe);
  EXPECT_EQ(packet.timestamp, 0x89abcdefU);
  EXPECT_EQ(packet.ssrc, 0xdeadbeefU);
  EXPECT_EQ(packet.header_size, 12U);
  EXPECT_EQ(to_buffer(packet.payload), written.payload);
}

TEST(RtpPacket, SkipsContributingSources) {
  Buffer bytes = Rtp{.payload = {1, 2, 3, 4, 5, 6, 7, 8, 42}}.to_bytes();
  bytes[0] |= 2;
  EXPECT_EQ(to_buffer(RtpPacket::parse(bytes)->payload), Buffer{42});
}

TEST(RtpPacket, LeavesPaddingOut) {
  const Buffer bytes = Rtp{.payload = {1, 2}, .padding = 6}.to_bytes();
  EXPECT_EQ(to_buffer(RtpPacket::parse(bytes)->payload), (Buffer{1, 2}));
  const Buffer only_padding = Rtp{.payload = {}, .padding = 255}.to_bytes();
  EXPECT_TRUE(RtpPacket::parse(only_padding)->payload.empty());
}

TEST(RtpPacket, RefusesEveryPrefixThatEndsWithinItsHeader) {
  const Buffer bytes = Rtp{.extensions = {{1, {1, 2, 3}}}, .payload = {1}}.to_bytes();
  const std::size_t header = RtpPacket::parse(bytes)->header_size;
  for (std::size_t size = 0; size < header; ++size)
    EXPECT_FALSE(RtpPacket::parse(Bytes(bytes).first(size))) << size;
  EXPECT_TRUE(RtpPacket::parse(Bytes(bytes).first(header)));
}

TEST(RtpPacket, RefusesWhatIsNotVersionTwo) {
  Buffer bytes = Rtp{}.to_bytes();
  for (const int version : {0x00, 0x40, 0xc0}) {
    bytes[0] = static_cast<std::uint8_t>(version);
    EXPECT_FALSE(RtpPacket::parse(bytes));
  }
}

TEST(RtpPacket, RefusesPaddingThatDoesNotFit) {
  Buffer bytes = Rtp{.payload = {1, 2}, .padding = 2}.to_bytes();
  bytes.back() = 5;
  EXPECT_FALSE(RtpPacket::parse(bytes));
  bytes.back() = 0;
  EXPECT_FALSE(RtpPacket::parse(bytes));
}

media::ExtensionMap ids(std::uint8_t mid, std::uint8_t level) {
  media::ExtensionMap map;
  map.set(media::Extension::Mid, mid);
  map.set(media::Extension::AudioLevel, level);
  return map;
}

TEST(ExtensionValues, AreFoundInTheOneByteForm) {
  const Buffer bytes = Rtp{.extensions = {{3, {'a', 'b'}}, {7, {1}}, {1, {99}}}}.to_bytes();
  const auto packet = RtpPacket::parse(bytes).value();
  EXPECT_EQ(packet.extension_profile, 0xbede);
  const ExtensionValues values(packet, ids(3, 1));
  EXPECT_EQ(to_buffer(values.get(media::Extension::Mid)), (Buffer{'a', 'b'}));
  EXPECT_EQ(to_buffer(values.get(media::Extension::AudioLevel)), Buffer{99});
  EXPECT_TRUE(values.get(media::Extension::AbsSendTime).empty());
}

TEST(ExtensionValues, AreFoundInTheTwoByteForm) {
  const Buffer bytes = Rtp{.extensions = {{20, Buffer(17, 5)}, {1, {99}}}}.to_bytes();
  const auto packet = RtpPacket::parse(bytes).value();
  EXPECT_EQ(packet.extension_profile, 0x1000);
  const ExtensionValues values(packet, ids(20, 1));
  EXPECT_EQ(values.get(media::Extension::Mid).size(), 17U);
  EXPECT_EQ(to_buffer(values.get(media::Extension::AudioLevel)), Buffer{99});
}

TEST(ExtensionValues, EndAtAnElementThatDoesNotFit) {
  Buffer bytes = Rtp{.extensions = {{1, {99}}, {3, {'a'}}}}.to_bytes();
  bytes[12 + 4 + 2] = 0x3f;  // the second element now claims sixteen bytes
  const ExtensionValues values(RtpPacket::parse(bytes).value(), ids(3, 1));
  EXPECT_EQ(to_buffer(values.get(media::Extension::AudioLevel)), Buffer{99});
  EXPECT_TRUE(values.get(media::Extension::Mid).empty());
}

TEST(ExtensionValues, EndAtTheReservedId) {
  Buffer bytes = Rtp{.extensions = {{15, {1}}, {3, {'a'}}}}.to_bytes();
  write_u16(bytes, 12, 0xbede);
  bytes[16] = 0xf0;
  const ExtensionValues values(RtpPacket::parse(bytes).value(), ids(3, 1));
  EXPECT_TRUE(values.get(media::Extension::Mid).empty());
}

TEST(ExtensionValues, OfAnUnknownProfileAreNone) {
  Buffer bytes = Rtp{.extensions = {{3, {'a'}}}}.to_bytes();
  write_u16(bytes, 12, 0x1234);
  EXPECT_TRUE(ExtensionValues(RtpPacket::parse(bytes).value(), ids(3, 1))
                  .get(media::Extension::Mid)
                  .empty());
}

TEST(RtpWriter, WritesNothingThatDoesNotFit) {
  Buffer space(12 + 8 + 2 + 3);
  ExtensionList extensions;
  const Buffer value{1, 2, 3};
  extensions.add(1, value);
  const Buffer prefix{0, 0};
  EXPECT_EQ(write_rtp(space, {}, extensions, prefix, value), space.size());
  EXPECT_EQ(write_rtp(MutableBytes(space).first(space.size() - 1), {}, extensions, prefix, value),
            0U);
}

TEST(RtpWriter, LeavesOutExtensionsThatWereNotNegotiated) {
  ExtensionList extensions;
  const Buffer value{1};
  extensions.add(0, value);
  EXPECT_TRUE(extensions.empty());
  Buffer space(100);
  const std::size_t size = write_rtp(space, {}, extensions, {}, value);
  EXPECT_EQ(RtpPacket::parse(Bytes(space).first(size))->extension_profile, 0);
}

}  // namespace
}  // namespace parley::forwarding::test
