#include <algorithm>
#include <bit>
#include <cstring>

#include "forwarding/rtcp.hpp"
#include "forwarding/rtcp_types.hpp"

namespace parley::forwarding::rtcp {
namespace {

void write_blocks(MutableBytes out, std::size_t at, std::span<const ReportBlock> blocks) {
  for (const ReportBlock& block : blocks) {
    write_u32(out, at, block.ssrc);
    out[at + 4] = block.fraction_lost;
    write_u24(out, at + 5, static_cast<std::uint32_t>(block.lost) & 0xffffff);
    write_u32(out, at + 8, block.highest);
    write_u32(out, at + 12, block.jitter);
    write_u32(out, at + 16, block.last_report);
    write_u32(out, at + 20, block.since_report);
    at += kBlock;
  }
}

}  // namespace

MutableBytes Writer::begin(std::uint8_t count, std::uint8_t type, std::size_t size) {
  if (kHeader + size > room()) return {};
  const MutableBytes packet = MutableBytes(buffer_).subspan(size_, kHeader + size);
  packet[0] = static_cast<std::uint8_t>(0x80 | count);
  packet[1] = type;
  write_u16(packet, 2, static_cast<std::uint16_t>(size / 4));
  size_ += packet.size();
  return packet.subspan(kHeader);
}

bool Writer::sender_report(const SenderInfo& info, std::span<const ReportBlock> blocks) {
  const MutableBytes out =
      begin(static_cast<std::uint8_t>(blocks.size()), kSenderReport, 24 + kBlock * blocks.size());
  if (out.empty()) return false;
  write_u32(out, 0, info.ssrc);
  write_u64(out, 4, info.ntp);
  write_u32(out, 12, info.rtp);
  write_u32(out, 16, info.packets);
  write_u32(out, 20, info.octets);
  write_blocks(out, 24, blocks);
  return true;
}

bool Writer::receiver_report(std::uint32_t sender, std::span<const ReportBlock> blocks) {
  const MutableBytes out =
      begin(static_cast<std::uint8_t>(blocks.size()), kReceiverReport, 4 + kBlock * blocks.size());
  if (out.empty()) return false;
  write_u32(out, 0, sender);
  write_blocks(out, 4, blocks);
  return true;
}

bool Writer::cname(std::uint32_t ssrc, std::string_view name) {
  constexpr std::uint8_t kCname = 1;
  name = name.substr(0, 255);
  // SSRC, item header, text, and at least one zero up to the next multiple of four (6.5).
  const std::size_t size = (4 + 2 + name.size() + 4) / 4 * 4;
  const MutableBytes out = begin(1, kSourceDescription, size);
  if (out.empty()) return false;
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  write_u32(out, 0, ssrc);
  out[4] = kCname;
  out[5] = static_cast<std::uint8_t>(name.size());
  if (!name.empty()) std::memcpy(out.data() + 6, name.data(), name.size());
  return true;
}

std::size_t Writer::nack(std::uint32_t sender, std::uint32_t media,
                         std::span<const std::uint16_t> sequences) {
  constexpr std::size_t kPairs = 32;
  std::array<std::uint32_t, kPairs> pairs{};
  std::size_t count = 0;
  std::size_t taken = 0;
  for (; taken < sequences.size(); ++taken) {
    const std::uint16_t sequence = sequences[taken];
    if (count > 0) {
      const auto step = static_cast<std::uint16_t>(sequence - (pairs[count - 1] >> 16));
      if (step >= 1 && step <= 16) {
        pairs[count - 1] |= 1U << (step - 1);
        continue;
      }
    }
    if (count == kPairs) break;
    pairs[count++] = static_cast<std::uint32_t>(sequence) << 16;
  }
  const MutableBytes out =
      count == 0 ? MutableBytes{} : begin(kNack, kTransportFeedback, 8 + 4 * count);
  if (out.empty()) return 0;
  write_u32(out, 0, sender);
  write_u32(out, 4, media);
  for (std::size_t i = 0; i < count; ++i) write_u32(out, 8 + 4 * i, pairs[i]);
  return taken;
}

bool Writer::pli(std::uint32_t sender, std::uint32_t media) {
  const MutableBytes out = begin(kPli, kPayloadFeedback, 8);
  if (out.empty()) return false;
  write_u32(out, 0, sender);
  write_u32(out, 4, media);
  return true;
}

bool Writer::fir(std::uint32_t sender, std::uint32_t media, std::uint8_t number) {
  const MutableBytes out = begin(kFir, kPayloadFeedback, 16);
  if (out.empty()) return false;
  write_u32(out, 0, sender);
  write_u32(out, 4, 0);  // unused (RFC 5104 4.3.1.2)
  write_u32(out, 8, media);
  write_u32(out, 12, static_cast<std::uint32_t>(number) << 24);
  return true;
}

bool Writer::remb(std::uint32_t sender, std::uint64_t bits_per_second,
                  std::span<const std::uint32_t> ssrcs) {
  if (ssrcs.size() > 255) return false;
  const MutableBytes out = begin(kApplicationLayer, kPayloadFeedback, 16 + 4 * ssrcs.size());
  if (out.empty()) return false;
  const int width = static_cast<int>(std::bit_width(bits_per_second));
  const int exponent = std::max(0, width - 18);
  write_u32(out, 0, sender);
  write_u32(out, 4, 0);
  write_u32(out, 8, kRembName);
  out[12] = static_cast<std::uint8_t>(ssrcs.size());
  write_u24(out, 13,
            static_cast<std::uint32_t>(exponent) << 18 |
                static_cast<std::uint32_t>(bits_per_second >> exponent));
  for (std::size_t i = 0; i < ssrcs.size(); ++i) write_u32(out, 16 + 4 * i, ssrcs[i]);
  return true;
}

bool Writer::transport_feedback(std::uint32_t sender, std::uint32_t media, Bytes fci) {
  const MutableBytes out = begin(kTransportCc, kTransportFeedback, 8 + fci.size());
  if (out.empty()) return false;
  write_u32(out, 0, sender);
  write_u32(out, 4, media);
  std::copy(fci.begin(), fci.end(), out.begin() + 8);
  return true;
}

}  // namespace parley::forwarding::rtcp
