#include "forwarding/rtcp.hpp"
#include "forwarding/rtcp_types.hpp"

namespace parley::forwarding::rtcp {
namespace {

void read_blocks(std::size_t count, Bytes body, Handler& handler) {
  for (std::size_t i = 0; i < count && body.size() >= kBlock; ++i, body = body.subspan(kBlock)) {
    ReportBlock block;
    block.ssrc = read_u32(body, 0);
    block.fraction_lost = body[4];
    block.lost = static_cast<std::int32_t>(read_u24(body, 5) << 8) >> 8;  // signed 24 bits
    block.highest = read_u32(body, 8);
    block.jitter = read_u32(body, 12);
    block.last_report = read_u32(body, 16);
    block.since_report = read_u32(body, 20);
    handler.on_report_block(block);
  }
}

void read_sender_report(std::size_t count, Bytes body, Handler& handler) {
  constexpr std::size_t kSenderInfo = 24;
  if (body.size() < kSenderInfo) return;
  handler.on_sender_report({read_u32(body, 0), read_u64(body, 4), read_u32(body, 12),
                            read_u32(body, 16), read_u32(body, 20)});
  read_blocks(count, body.subspan(kSenderInfo), handler);
}

void read_bye(std::size_t count, Bytes body, Handler& handler) {
  for (std::size_t i = 0; i < count && body.size() >= 4 * (i + 1); ++i)
    handler.on_bye(read_u32(body, 4 * i));
}

void read_nack(Bytes body, Handler& handler) {
  const std::uint32_t media = read_u32(body, 4);
  for (std::size_t at = 8; at + 4 <= body.size(); at += 4) {
    const std::uint16_t first = read_u16(body, at);
    handler.on_nack(media, first);
    for (unsigned bits = read_u16(body, at + 2), next = 1; bits != 0; bits >>= 1, ++next)
      if ((bits & 1) != 0) handler.on_nack(media, static_cast<std::uint16_t>(first + next));
  }
}

void read_remb(Bytes body, Handler& handler) {
  if (body.size() < 16 || read_u32(body, 8) != kRembName) return;
  const unsigned exponent = body[13] >> 2;
  const std::uint64_t mantissa = read_u24(body, 13) & 0x3ffff;
  if (exponent <= 46) handler.on_remb(mantissa << exponent);  // more overflows 64 bits
}

void read_payload_feedback(std::uint8_t type, Bytes body, Handler& handler) {
  if (type == kPli) handler.on_keyframe_request(read_u32(body, 4));
  if (type == kApplicationLayer) read_remb(body, handler);
  if (type != kFir) return;
  for (std::size_t at = 8; at + 8 <= body.size(); at += 8)
    handler.on_keyframe_request(read_u32(body, at));
}

}  // namespace

void read(Bytes compound, Handler& handler) {
  while (compound.size() >= kHeader && compound[0] >> 6 == 2) {
    const std::size_t size = kHeader + 4U * read_u16(compound, 2);
    if (size > compound.size()) return;
    Bytes body = compound.subspan(kHeader, size - kHeader);
    if ((compound[0] & 0x20) != 0) {
      if (body.empty() || body.back() > body.size()) return;
      body = body.first(body.size() - body.back());
    }
    const std::uint8_t count = compound[0] & 0x1f;
    const bool feedback = body.size() >= 8;  // both SSRCs are there
    switch (compound[1]) {
      case kSenderReport:
        read_sender_report(count, body, handler);
        break;
      case kReceiverReport:
        if (body.size() >= 4) read_blocks(count, body.subspan(4), handler);
        break;
      case kBye:
        read_bye(count, body, handler);
        break;
      case kTransportFeedback:
        if (feedback && count == kNack) read_nack(body, handler);
        if (feedback && count == kTransportCc) handler.on_transport_feedback(body.subspan(8));
        break;
      case kPayloadFeedback:
        if (feedback) read_payload_feedback(count, body, handler);
        break;
      default:
        break;
    }
    compound = compound.subspan(size);
  }
}

}  // namespace parley::forwarding::rtcp
