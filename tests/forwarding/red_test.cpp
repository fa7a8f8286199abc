// Redundant audio (RFC 2198) on its way to subscribers that take it, and to those that do not.
#include "forwarding/red.hpp"

#include <gtest/gtest.h>

#include "tests/forwarding/support/calls.hpp"

namespace parley::forwarding::test {
namespace {

constexpr std::uint8_t kRed = 63;

media::Codec red(std::uint8_t payload_type = kRed) {
  return {media::CodecName::Red, payload_type, std::nullopt, 48000, 2, "111/111"};
}

// Two earlier packets' sound, {1, 2} and {3}, before the packet's own, {4, 5, 6}.
const Buffer kPayload{
    0x80 | kOpus, 0x1e, 0x00, 2, 0x80 | kOpus, 0x0f, 0x00, 1, kOpus, 1, 2, 3, 4, 5, 6};

class RedCall {
 public:
  explicit RedCall(const std::vector<media::Codec>& taken) {
    auto line = receive_line("a", opus(), kSource);
    line.codecs = {opus(), red()};
    Track& track = publisher.peer.add_track(kTrack, media::Kind::Audio);
    publisher.peer.set_receive(line, kTrack);
    auto slot = send_line("slot", opus(), kSlot);
    slot.codecs = taken;
    stream = &subscriber.peer.set_send(slot);
    stream->attach(track, kStart);
  }
  RtpPacket forward(const Buffer& payload) {
    const Rtp packet{
        .payload_type = kRed, .sequence = ++number, .ssrc = kSource, .payload = payload};
    publisher.take(packet.to_bytes(), kStart);
    return RtpPacket::parse(subscriber.egress.rtp.back()).value();
  }

  TestPeer publisher{1};
  TestPeer subscriber{2};
  SendStream* stream = nullptr;
  std::uint16_t number = 0;
};

TEST(Red, PassesToWhoNegotiatedIt) {
  RedCall call({opus(), red()});
  const RtpPacket sent = call.forward(kPayload);
  EXPECT_EQ(sent.payload_type, kRed);
  EXPECT_EQ(Buffer(sent.payload.begin(), sent.payload.end()), kPayload);
}

TEST(Red, ItsBlocksBearTheSubscribersPayloadTypes) {
  RedCall call({opus(100), red(101)});
  const RtpPacket sent = call.forward(kPayload);
  EXPECT_EQ(sent.payload_type, 101);
  Buffer expected = kPayload;
  expected[0] = expected[4] = 0x80 | 100;
  expected[8] = 100;
  EXPECT_EQ(Buffer(sent.payload.begin(), sent.payload.end()), expected);
}

TEST(Red, IsUnpackedForWhoTakesOpusAlone) {
  RedCall call({opus(100)});
  const RtpPacket sent = call.forward(kPayload);
  EXPECT_EQ(sent.payload_type, 100);
  EXPECT_EQ(Buffer(sent.payload.begin(), sent.payload.end()), (Buffer{4, 5, 6}));
  EXPECT_EQ(call.stream->state(), SendState::Flowing);
  const RtpPacket alone = call.forward({kOpus, 7, 8});
  EXPECT_EQ(Buffer(alone.payload.begin(), alone.payload.end()), (Buffer{7, 8}));
}

TEST(Red, ThatIsBrokenBecomesAnEmptyPacket) {
  RedCall call({opus()});
  for (const Buffer& payload : {Buffer{0x80 | kOpus}, Buffer{0x80 | kOpus, 0, 0, 9, kOpus, 1},
                                Buffer{0x80 | kOpus, 0, 0, 1}})
    EXPECT_TRUE(call.forward(payload).payload.empty());
}

}  // namespace
}  // namespace parley::forwarding::test
