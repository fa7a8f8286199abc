// SRTP against RFC 3711's vectors, and packet for packet against libsrtp.
#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "forwarding/bytes.hpp"
#include "tests/transport/support/hex.hpp"
#include "tests/transport/support/libsrtp.hpp"
#include "transport/srtp.hpp"
#include "transport/srtp_keys.hpp"

namespace parley::transport {
namespace {

using ::testing::ElementsAreArray;
using testing::from_hex;
using Bytes = std::vector<std::uint8_t>;

template <std::size_t kSize>
std::array<std::uint8_t, kSize> array_of(std::string_view digits) {
  std::array<std::uint8_t, kSize> array{};
  std::ranges::copy(from_hex(digits), array.begin());
  return array;
}

const auto kKey = array_of<30>("e1f97a0d3e018be0d64fa32c06de4139 0ec675ad498afeebb6960b3aabe6");

// --- RFC 3711, appendix B ---

TEST(SrtpVectors, KeyDerivation) {
  const auto keys = derive_srtp_keys(kKey, SrtpPart::Rtp);
  EXPECT_THAT(keys.cipher, ElementsAreArray(from_hex("c61e7a93744f39ee10734afe3ff7a087")));
  EXPECT_THAT(keys.salt, ElementsAreArray(from_hex("30cbbc08863d8c85d49db34a9ae1")));
  EXPECT_THAT(keys.authentication,
              ElementsAreArray(from_hex("cebe321f6ff7716b6fd4ab49af256a156d38baa4")));
}

TEST(SrtpVectors, KeyStream) {
  SrtpCipher cipher({array_of<16>("2b7e151628aed2a6abf7158809cf4f3c"),
                     {},
                     array_of<14>("f0f1f2f3f4f5f6f7f8f9fafbfcfd")});
  Bytes stream(0xff02 * 16);
  cipher.apply_key_stream(0, 0, stream, stream.data());
  const std::span<const std::uint8_t> bytes(stream);
  EXPECT_THAT(bytes.first(48), ElementsAreArray(from_hex("e03ead0935c95e80e166b16dd92b4eb4"
                                                         "d23513162b02d0f72a43a2fe4a5f97ab"
                                                         "41e95b3bb0a2e8dd477901e4fca894c0")));
  EXPECT_THAT(bytes.last(48), ElementsAreArray(from_hex("ec8cdf7398607cb0f2d21675ea9ea1e4"
                                                        "362b7c3c6773516318a077d7fc5073ae"
                                                        "6a2cc3787889374fbeb4c81b17ba6c44")));
}

/// RFC 2202, test case 1 of HMAC-SHA-1.
TEST(SrtpVectors, Tag) {
  const SrtpMac mac(Bytes(20, 0x0b));
  const Bytes message = {'H', 'i', ' ', 'T', 'h', 'e', 'r', 'e'};
  const auto whole = std::span(message);
  const auto digest = mac.compute(whole.first(3), whole.subspan(3));
  EXPECT_THAT(digest, ElementsAreArray(from_hex("b617318655057264e28bc0b6fb378c8ef146be00")));
}

// --- libsrtp ---

/// What happens to one packet on its way.
struct Step {
  bool rtcp = false;
  std::uint32_t ssrc = 0;
  std::uint16_t ahead = 0;  ///< of the last sequence number of its source
  std::size_t csrcs = 0;
  int extension_words = -1;  ///< less than 0: no extension
  std::size_t payload = 0;
  std::size_t deliveries = 1;  ///< 0: lost
  std::optional<std::size_t> broken_byte;
  std::size_t delay = 0;  ///< in packets
};

std::ostream& operator<<(std::ostream& out, const Step& step) {
  return out << (step.rtcp ? "RTCP" : "RTP") << " ssrc " << step.ssrc << " ahead " << step.ahead
             << " payload " << step.payload << " deliveries " << step.deliveries << " delay "
             << step.delay;
}

rc::Gen<std::uint16_t> ahead() {
  using rc::gen::inRange;
  // The usual; late ones; far ahead, as far as the rollover counter can be guessed, and beyond.
  return rc::gen::weightedOneOf<std::uint16_t>(
      {{10, rc::gen::just<std::uint16_t>(1)},
       {4, inRange<std::uint16_t>(0, 5)},
       {3,
        rc::gen::map(inRange(0, 1100), [](int back) { return static_cast<std::uint16_t>(-back); })},
       {3, inRange<std::uint16_t>(1000, 1050)},
       {2, inRange<std::uint16_t>(32000, 33500)},
       {1, rc::gen::arbitrary<std::uint16_t>()}});
}

rc::Gen<Step> step() {
  using rc::gen::inRange;
  using rc::gen::weightedElement;
  return rc::gen::build<Step>(
      rc::gen::set(&Step::rtcp, weightedElement<bool>({{5, false}, {1, true}})),
      rc::gen::set(&Step::ssrc, rc::gen::element<std::uint32_t>(1, 2, 0xdeadbeef)),
      rc::gen::set(&Step::ahead, ahead()),
      rc::gen::set(&Step::csrcs, weightedElement<std::size_t>({{5, 0}, {1, 1}, {1, 15}})),
      rc::gen::set(&Step::extension_words, inRange(-10, 20)),
      rc::gen::set(&Step::payload, inRange<std::size_t>(0, 1200)),
      rc::gen::set(&Step::deliveries, weightedElement<std::size_t>({{8, 1}, {1, 0}, {1, 2}})),
      rc::gen::set(&Step::broken_byte,
                   rc::gen::weightedOneOf<std::optional<std::size_t>>(
                       {{9, rc::gen::just(std::optional<std::size_t>())},
                        {1, rc::gen::map(inRange<std::size_t>(0, 1300),
                                         [](std::size_t at) { return std::optional(at); })}})),
      rc::gen::set(&Step::delay, weightedElement<std::size_t>({{8, 0}, {1, 1}, {1, 7}, {1, 200}})));
}

Bytes make_packet(const Step& step, std::uint16_t sequence) {
  static std::uint8_t fill = 0;
  if (step.rtcp) {
    Bytes compound(8 + step.payload / 4 * 4, ++fill);
    forwarding::write_u32(compound, 0, 0x80c90000);
    forwarding::write_u32(compound, 4, step.ssrc);
    return compound;
  }
  const bool extended = step.extension_words >= 0;
  const auto words = static_cast<std::uint16_t>(extended ? step.extension_words : 0);
  const std::size_t header = 12 + 4 * step.csrcs;
  const std::size_t extension = extended ? 4U + 4U * words : 0;
  Bytes packet(header + extension + step.payload, ++fill);
  packet[0] = static_cast<std::uint8_t>(0x80 | (extended ? 0x10 : 0) | step.csrcs);
  forwarding::write_u16(packet, 2, sequence);
  forwarding::write_u32(packet, 8, step.ssrc);
  if (extended) {
    forwarding::write_u16(packet, header, 0xbede);
    forwarding::write_u16(packet, header + 2, words);
  }
  return packet;
}

/// Both senders with the same packets, then both receivers with the same datagrams.
class Pair {
 public:
  void apply(const Step& step) {
    std::uint16_t& sequence = sequences_[step.ssrc % 4];
    const Bytes packet = make_packet(step, static_cast<std::uint16_t>(sequence + step.ahead));
    if (!step.rtcp) sequence = static_cast<std::uint16_t>(sequence + step.ahead);
    Bytes wire = protect(*sender_, packet, step.rtcp);
    RC_ASSERT(wire == protect(*reference_sender_, packet, step.rtcp));
    if (step.broken_byte && *step.broken_byte < wire.size()) wire[*step.broken_byte] ^= 0x04;
    for (std::size_t i = 0; i < step.deliveries && !wire.empty(); ++i)
      under_way_.push_back({now_ + step.delay, step.rtcp, wire});
    ++now_;
    arrive();
  }
  void arrive_all() {
    now_ += 1000;
    arrive();
  }

 private:
  struct Datagram {
    std::size_t at;
    bool rtcp;
    Bytes bytes;
  };

  static Bytes protect(SrtpSender& sender, const Bytes& packet, bool rtcp) {
    Bytes out(packet.size() + kSrtcpOverhead);
    out.resize(rtcp ? sender.protect_rtcp(packet, out) : sender.protect_rtp(packet, out));
    return out;
  }
  static std::optional<Bytes> unprotect(SrtpReceiver& receiver, const Datagram& datagram) {
    Bytes bytes = datagram.bytes;
    const auto plain =
        datagram.rtcp ? receiver.unprotect_rtcp(bytes) : receiver.unprotect_rtp(bytes);
    return plain ? std::optional<Bytes>({plain->begin(), plain->end()}) : std::nullopt;
  }
  void arrive() {
    for (const Datagram& datagram : under_way_)
      if (datagram.at < now_)
        RC_ASSERT(unprotect(*receiver_, datagram) == unprotect(*reference_receiver_, datagram));
    std::erase_if(under_way_, [this](const Datagram& datagram) { return datagram.at < now_; });
  }

  const std::unique_ptr<SrtpSender> sender_ = make_srtp_sender(kKey);
  const std::unique_ptr<SrtpSender> reference_sender_ = testing::make_libsrtp_sender(kKey);
  const std::unique_ptr<SrtpReceiver> receiver_ = make_srtp_receiver(kKey);
  const std::unique_ptr<SrtpReceiver> reference_receiver_ = testing::make_libsrtp_receiver(kKey);
  std::array<std::uint16_t, 4> sequences_{0, 1000, 65000, 40000};
  std::size_t now_ = 0;
  std::vector<Datagram> under_way_;
};

RC_GTEST_PROP(SrtpReference, PacketForPacketTheSame, ()) {
  const auto steps = *rc::gen::scale(4, rc::gen::container<std::vector<Step>>(step()));
  Pair pair;
  for (const Step& step : steps) pair.apply(step);
  pair.arrive_all();
}

TEST(SrtpReference, TheSameOverManyRollovers) {
  Pair pair;
  Step step;
  step.ssrc = 1;
  for (int i = 0; i < 1000; ++i) {
    step.ahead = static_cast<std::uint16_t>(i % 7 == 3 ? -900 : 997 + i % 30000);
    step.payload = static_cast<std::size_t>(i % 200);
    pair.apply(step);
  }
  pair.arrive_all();
}

TEST(SrtpReference, TheSameAtTheEdgeOfTheWindowAndOfTheRollover) {
  for (const int back : {1022, 1023, 1024, 32767, 32768, 32769}) {
    for (const int start : {0, 5, 32767, 32768, 32769, 65535}) {
      Pair pair;
      Step step;
      step.ssrc = 0;
      step.ahead = static_cast<std::uint16_t>(start);
      pair.apply(step);
      for (const int ahead : {30000, 30000, -back, 30000, 30000, 30000, -back, back, 0, back}) {
        step.ahead = static_cast<std::uint16_t>(ahead);
        pair.apply(step);
      }
    }
  }
}

}  // namespace
}  // namespace parley::transport
