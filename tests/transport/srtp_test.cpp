#include "transport/srtp.hpp"

#include <algorithm>

#include <gmock/gmock.h>

#include "forwarding/bytes.hpp"
#include "tests/transport/support/allocations.hpp"
#include "tests/transport/support/hex.hpp"

namespace parley::transport {
namespace {

using ::testing::ElementsAreArray;
using testing::from_hex;
using Bytes = std::vector<std::uint8_t>;

/// Master key and salt of RFC 3711 appendix B.3.
const SrtpKey kKey = [] {
  const Bytes bytes = from_hex("e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6");
  SrtpKey key;
  std::ranges::copy(bytes, key.begin());
  return key;
}();

Bytes rtp(std::uint32_t ssrc, std::uint16_t sequence, std::size_t payload = 100) {
  Bytes packet(12 + payload, 0x55);
  packet[0] = 0x80;
  packet[1] = 96;
  forwarding::write_u16(packet, 2, sequence);
  forwarding::write_u32(packet, 4, 1234);
  forwarding::write_u32(packet, 8, ssrc);
  return packet;
}

Bytes protect(SrtpSender& sender, const Bytes& packet) {
  Bytes out(packet.size() + kSrtpOverhead);
  out.resize(sender.protect_rtp(packet, out));
  return out;
}

TEST(Srtp, ProtectsAsTheReferenceImplementationDoes) {
  const auto sender = make_srtp_sender(kKey);
  const Bytes packet = from_hex("800f1234decafbadcafebabe abababababababababababababababab");
  EXPECT_THAT(protect(*sender, packet),
              ElementsAreArray(from_hex("800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402"
                                        "b78d6acc99ea179b8dbb")));
}

TEST(Srtp, APacketComesBackAsItWas) {
  const auto sender = make_srtp_sender(kKey);
  const auto receiver = make_srtp_receiver(kKey);
  for (std::uint16_t sequence = 65500; sequence != 100; ++sequence) {  // over the wrap
    const Bytes packet = rtp(7, sequence);
    Bytes wire = protect(*sender, packet);
    ASSERT_EQ(wire.size(), packet.size() + kSrtpOverhead);
    const auto plain = receiver->unprotect_rtp(wire);
    ASSERT_TRUE(plain) << sequence;
    EXPECT_THAT(*plain, ElementsAreArray(packet));
  }
}

TEST(Srtp, RtcpComesBackAsItWas) {
  const auto sender = make_srtp_sender(kKey);
  const auto receiver = make_srtp_receiver(kKey);
  const Bytes report = from_hex("80c90001 00000007");
  Bytes wire(report.size() + kSrtcpOverhead);
  ASSERT_EQ(sender->protect_rtcp(report, wire), wire.size());
  auto again = wire;
  const auto plain = receiver->unprotect_rtcp(wire);
  ASSERT_TRUE(plain);
  EXPECT_THAT(*plain, ElementsAreArray(report));
  EXPECT_FALSE(receiver->unprotect_rtcp(again)) << "replayed";
}

TEST(Srtp, ARepeatedPacketIsRefused) {
  const auto sender = make_srtp_sender(kKey);
  const auto receiver = make_srtp_receiver(kKey);
  Bytes wire = protect(*sender, rtp(7, 1));
  Bytes copy = wire;
  EXPECT_TRUE(receiver->unprotect_rtp(wire));
  EXPECT_FALSE(receiver->unprotect_rtp(copy));
}

TEST(Srtp, LatePacketsPassOnceWithinTheWindow) {
  const auto sender = make_srtp_sender(kKey);
  const auto receiver = make_srtp_receiver(kKey);
  std::vector<Bytes> wires;
  for (std::uint16_t i = 0; i < 1000; ++i) wires.push_back(protect(*sender, rtp(7, i)));
  for (auto wire = wires.rbegin(); wire != wires.rend(); ++wire)
    EXPECT_TRUE(receiver->unprotect_rtp(*wire));
}

TEST(Srtp, EveryChangedByteIsNoticed) {
  const auto sender = make_srtp_sender(kKey);
  const auto receiver = make_srtp_receiver(kKey);
  const Bytes wire = protect(*sender, rtp(7, 1));
  for (std::size_t i = 0; i < wire.size(); ++i) {
    Bytes changed = wire;
    changed[i] ^= 0x10;
    EXPECT_FALSE(receiver->unprotect_rtp(changed)) << i;
  }
  Bytes intact = wire;
  EXPECT_TRUE(receiver->unprotect_rtp(intact)) << "what was refused left no trace";
}

TEST(Srtp, AnotherKeyDoesNotOpenIt) {
  SrtpKey other = kKey;
  other[0] ^= 1;
  Bytes wire = protect(*make_srtp_sender(kKey), rtp(7, 1));
  EXPECT_FALSE(make_srtp_receiver(other)->unprotect_rtp(wire));
}

TEST(Srtp, ShortAndBrokenPacketsAreRefused) {
  const auto receiver = make_srtp_receiver(kKey);
  const auto sender = make_srtp_sender(kKey);
  for (std::size_t size = 0; size < 40; ++size) {
    for (const int first : {0x80, 0x9f, 0xbf}) {
      Bytes junk(size, 0xff);
      if (size > 0) junk[0] = static_cast<std::uint8_t>(first);
      EXPECT_FALSE(receiver->unprotect_rtp(junk));
      EXPECT_FALSE(receiver->unprotect_rtcp(junk));
      // An extension or CSRC list that reaches beyond the end: nothing may be sent of it.
      Bytes out(size + kSrtcpOverhead);
      if (first != 0x80) {
        EXPECT_EQ(sender->protect_rtp(junk, out), 0u);
      }
    }
  }
}

TEST(Srtp, TheSameIndexIsNotSentTwice) {
  const auto sender = make_srtp_sender(kKey);
  EXPECT_FALSE(protect(*sender, rtp(7, 5)).empty());
  EXPECT_TRUE(protect(*sender, rtp(7, 5)).empty());
}

TEST(Srtp, OnlyTheFirstPacketOfASourceAllocates) {
  if (!testing::counts_allocations()) GTEST_SKIP() << "a sanitizer's allocator is not counted";
  const auto sender = make_srtp_sender(kKey);
  const auto receiver = make_srtp_receiver(kKey);
  const Bytes report = from_hex("80c90001 00000007");
  std::array<std::uint8_t, 1500> wire;
  std::size_t before = 0;
  for (std::uint16_t sequence = 1; sequence < 2000; ++sequence) {
    const Bytes packet = rtp(7, sequence, sequence % 1200);
    if (sequence > 1) before = testing::allocations_of_this_thread();
    const std::size_t rtp_size = sender->protect_rtp(packet, wire);
    ASSERT_TRUE(receiver->unprotect_rtp(std::span(wire).first(rtp_size)));
    const std::size_t rtcp_size = sender->protect_rtcp(report, wire);
    ASSERT_TRUE(receiver->unprotect_rtcp(std::span(wire).first(rtcp_size)));
    if (sequence > 1) {
      ASSERT_EQ(testing::allocations_of_this_thread(), before);
    }
  }
}

TEST(Srtp, APeerWithEverNewSourcesLosesOnlyItsOldestOnes) {
  const auto sender = make_srtp_sender(kKey);
  const auto receiver = make_srtp_receiver(kKey);
  std::vector<Bytes> first_packets;
  for (std::uint32_t ssrc = 1; ssrc <= 500; ++ssrc) {
    Bytes wire = protect(*sender, rtp(ssrc, 1));
    if (ssrc <= 2) first_packets.push_back(wire);
    ASSERT_TRUE(receiver->unprotect_rtp(wire));
    // Source 2 goes on speaking all the time and is kept, with its replay window.
    if (ssrc < 2) continue;
    Bytes lively = protect(*sender, rtp(2, static_cast<std::uint16_t>(ssrc)));
    ASSERT_TRUE(receiver->unprotect_rtp(lively));
  }
  EXPECT_FALSE(receiver->unprotect_rtp(first_packets[1])) << "source 2 is still known";
  EXPECT_TRUE(receiver->unprotect_rtp(first_packets[0])) << "source 1 was forgotten";
}

}  // namespace
}  // namespace parley::transport
