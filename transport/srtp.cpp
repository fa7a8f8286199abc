#include "transport/srtp.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include <openssl/crypto.h>

#include "forwarding/bytes.hpp"
#include "transport/replay_window.hpp"
#include "transport/srtp_keys.hpp"

namespace parley::transport {
namespace {

using forwarding::Bytes;
using forwarding::MutableBytes;
using forwarding::read_u16;
using forwarding::read_u32;
using forwarding::write_u32;

/// In packets. Chromium's retransmissions and reordering on mobile links stay well within it.
constexpr std::size_t kRtpWindow = 1024;
constexpr std::size_t kRtcpWindow = 128;
constexpr std::size_t kRtcpHeader = 8;
constexpr std::uint32_t kEncrypted = 0x8000'0000;  ///< SRTCP's E flag, above the index
constexpr std::uint32_t kMaxRtcpIndex = 0x7fff'ffff;

/// With CSRCs and extension, which stay readable (RFC 3711 3.1); 0 when `packet` does not hold it.
std::size_t rtp_header_size(Bytes packet) {
  if (packet.size() < 12) return 0;
  std::size_t size = 12 + 4U * (packet[0] & 0x0f);
  if ((packet[0] & 0x10) != 0) {
    if (packet.size() < size + 4) return 0;
    size += 4 + 4U * read_u16(packet, size + 2);
  }
  return packet.size() < size ? 0 : size;
}

/// The index of a packet of which only the lower 16 bits are told: the one nearest to the highest
/// so far (RFC 3711 3.3.1 and appendix A), but never from before the beginning.
std::uint64_t estimate_index(std::uint64_t highest, std::uint16_t sequence) {
  constexpr int kHalf = 0x8000;
  const int newest = static_cast<std::uint16_t>(highest);
  std::uint64_t rollover = highest >> 16;
  if (newest < kHalf) {
    if (sequence - newest > kHalf && rollover > 0) --rollover;
  } else if (newest - kHalf > sequence) {
    ++rollover;
  }
  return rollover << 16 | sequence;
}

struct Ciphers {
  explicit Ciphers(const SrtpKey& master)
      : rtp(derive_srtp_keys(master, SrtpPart::Rtp)),
        rtcp(derive_srtp_keys(master, SrtpPart::Rtcp)) {}

  SrtpCipher rtp;
  SrtpCipher rtcp;
};

/// The tag covers the rollover counter too, which is not sent (RFC 3711 4.2).
SrtpMac::Digest rtp_tag(const SrtpMac& mac, Bytes authenticated, std::uint64_t index) {
  std::array<std::uint8_t, 4> rollover;
  write_u32(rollover, 0, static_cast<std::uint32_t>(index >> 16));
  return mac.compute(authenticated, rollover);
}

bool same_tag(Bytes sent, const SrtpMac::Digest& computed) {
  return CRYPTO_memcmp(sent.data(), computed.data(), kSrtpTag) == 0;
}

// --- sending ---

class Sender final : public SrtpSender {
 public:
  explicit Sender(const SrtpKey& key) : ciphers_(key) {}

  std::size_t protect_rtp(Bytes packet, MutableBytes out) override {
    const std::size_t header = rtp_header_size(packet);
    const std::size_t total = packet.size() + kSrtpOverhead;
    if (header == 0 || out.size() < total) return 0;
    const std::uint32_t ssrc = read_u32(packet, 8);
    auto& sent = sources_[ssrc].rtp;
    const std::uint64_t index = estimate_index(sent.highest(), read_u16(packet, 2));
    if (!sent.is_new(index)) return 0;
    sent.add(index);

    std::memcpy(out.data(), packet.data(), header);
    ciphers_.rtp.apply_key_stream(ssrc, index, packet.subspan(header), out.data() + header);
    const auto tag = rtp_tag(ciphers_.rtp.mac(), out.first(packet.size()), index);
    std::memcpy(out.data() + packet.size(), tag.data(), kSrtpTag);
    return total;
  }

  std::size_t protect_rtcp(Bytes compound, MutableBytes out) override {
    const std::size_t total = compound.size() + kSrtcpOverhead;
    if (compound.size() < kRtcpHeader || out.size() < total) return 0;
    const std::uint32_t ssrc = read_u32(compound, 4);
    std::uint32_t& index = sources_[ssrc].rtcp_index;
    if (index == kMaxRtcpIndex) return 0;
    ++index;

    std::memcpy(out.data(), compound.data(), kRtcpHeader);
    ciphers_.rtcp.apply_key_stream(ssrc, index, compound.subspan(kRtcpHeader),
                                   out.data() + kRtcpHeader);
    write_u32(out, compound.size(), kEncrypted | index);
    const auto tag = ciphers_.rtcp.mac().compute(out.first(compound.size() + 4), {});
    std::memcpy(out.data() + compound.size() + 4, tag.data(), kSrtpTag);
    return total;
  }

 private:
  /// Kept for as long as the key: to begin again would be to use its key stream twice.
  struct Source {
    ReplayWindow<kRtpWindow> rtp;
    std::uint32_t rtcp_index = 0;
  };

  Ciphers ciphers_;
  std::unordered_map<std::uint32_t, Source> sources_;
};

// --- receiving ---

class Receiver final : public SrtpReceiver {
 public:
  explicit Receiver(const SrtpKey& key) : ciphers_(key) { sources_.reserve(kMaxSources); }

  std::optional<MutableBytes> unprotect_rtp(MutableBytes packet) override {
    if (packet.size() < kSrtpTag) return std::nullopt;
    const MutableBytes plain = packet.first(packet.size() - kSrtpTag);
    const std::size_t header = rtp_header_size(plain);
    if (header == 0) return std::nullopt;
    const std::uint32_t ssrc = read_u32(plain, 8);
    Source* source = find(ssrc);
    const std::uint64_t index =
        estimate_index(source == nullptr ? 0 : source->rtp.highest(), read_u16(plain, 2));
    if (source != nullptr && !source->rtp.is_new(index)) return std::nullopt;
    if (!same_tag(packet.last(kSrtpTag), rtp_tag(ciphers_.rtp.mac(), plain, index)))
      return std::nullopt;
    heard(source, ssrc).rtp.add(index);
    const MutableBytes payload = plain.subspan(header);
    ciphers_.rtp.apply_key_stream(ssrc, index, payload, payload.data());
    return plain;
  }

  std::optional<MutableBytes> unprotect_rtcp(MutableBytes compound) override {
    if (compound.size() < kRtcpHeader + kSrtcpOverhead) return std::nullopt;
    const MutableBytes plain = compound.first(compound.size() - kSrtcpOverhead);
    const std::uint32_t trailer = read_u32(compound, plain.size());
    const std::uint32_t index = trailer & ~kEncrypted;
    const std::uint32_t ssrc = read_u32(plain, 4);
    Source* source = find(ssrc);
    if (source != nullptr && !source->rtcp.is_new(index)) return std::nullopt;
    const MutableBytes authenticated = compound.first(plain.size() + 4);
    if ((trailer & kEncrypted) == 0 ||
        !same_tag(compound.last(kSrtpTag), ciphers_.rtcp.mac().compute(authenticated, {})))
      return std::nullopt;
    heard(source, ssrc).rtcp.add(index);
    const MutableBytes content = plain.subspan(kRtcpHeader);
    ciphers_.rtcp.apply_key_stream(ssrc, index, content, content.data());
    return plain;
  }

 private:
  struct Source {
    std::uint64_t last_heard = 0;  ///< in packets
    ReplayWindow<kRtpWindow> rtp;
    ReplayWindow<kRtcpWindow> rtcp;
  };

  [[nodiscard]] Source* find(std::uint32_t ssrc) {
    const auto at = sources_.find(ssrc);
    return at == sources_.end() ? nullptr : &at->second;
  }

  /// An authentic packet of `known`, or of a source that is new. A peer with ever new ones must not
  /// make the list grow for ever.
  Source& heard(Source* known, std::uint32_t ssrc) {
    if (known == nullptr) {
      if (sources_.size() == kMaxSources)
        sources_.erase(std::ranges::min_element(
            sources_, {}, [](const auto& entry) { return entry.second.last_heard; }));
      known = &sources_[ssrc];
    }
    known->last_heard = ++clock_;
    return *known;
  }

  Ciphers ciphers_;
  std::unordered_map<std::uint32_t, Source> sources_;
  std::uint64_t clock_ = 0;
};

}  // namespace

std::unique_ptr<SrtpSender> make_srtp_sender(const SrtpKey& key) {
  return std::make_unique<Sender>(key);
}

std::unique_ptr<SrtpReceiver> make_srtp_receiver(const SrtpKey& key) {
  return std::make_unique<Receiver>(key);
}

}  // namespace parley::transport
