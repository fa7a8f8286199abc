#include "transport/srtp.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <arpa/inet.h>
#include <srtp2/srtp.h>

#include "forwarding/bytes.hpp"

namespace parley::transport {
namespace {

/// In packets. Chromium's retransmissions and reordering on mobile links stay well within it.
constexpr unsigned long kReplayWindow = 1024;
constexpr std::size_t kRtpHeader = 12;
constexpr std::size_t kRtcpHeader = 8;

struct Free {
  void operator()(srtp_t session) const { srtp_dealloc(session); }
};
using Session = std::unique_ptr<srtp_ctx_t, Free>;

Session create_session(const SrtpKey& key, srtp_ssrc_type_t direction) {
  SrtpKey copy = key;  // libsrtp takes it as mutable
  srtp_policy_t policy{};
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  policy.ssrc.type = direction;
  policy.key = copy.data();
  policy.window_size = kReplayWindow;
  srtp_t session = nullptr;
  if (srtp_create(&session, &policy) != srtp_err_status_ok) std::abort();  // out of memory
  return Session(session);
}

Session make_session(const SrtpKey& key, srtp_ssrc_type_t direction) {
  prepare_srtp();
  return create_session(key, direction);
}

class LibsrtpSender final : public SrtpSender {
 public:
  explicit LibsrtpSender(const SrtpKey& key) : session_(make_session(key, ssrc_any_outbound)) {}

  std::size_t protect_rtp(std::span<const std::uint8_t> packet,
                          std::span<std::uint8_t> out) override {
    return protect(packet, out, kRtpHeader, kSrtpOverhead, srtp_protect);
  }
  std::size_t protect_rtcp(std::span<const std::uint8_t> compound,
                           std::span<std::uint8_t> out) override {
    return protect(compound, out, kRtcpHeader, kSrtcpOverhead, srtp_protect_rtcp);
  }

 private:
  std::size_t protect(std::span<const std::uint8_t> packet, std::span<std::uint8_t> out,
                      std::size_t header, std::size_t overhead,
                      srtp_err_status_t (*function)(srtp_t, void*, int*)) {
    if (packet.size() < header || out.size() < packet.size() + overhead) return 0;
    std::memcpy(out.data(), packet.data(), packet.size());
    int size = static_cast<int>(packet.size());
    return function(session_.get(), out.data(), &size) == srtp_err_status_ok
               ? static_cast<std::size_t>(size)
               : 0;
  }

  Session session_;
};

/// libsrtp keeps a state for every SSRC that it has authenticated a packet of, for ever. A peer
/// with ever new SSRCs would make it grow and its search linear in all of them; so the list is
/// bounded.
class LibsrtpReceiver final : public SrtpReceiver {
 public:
  explicit LibsrtpReceiver(const SrtpKey& key) : session_(make_session(key, ssrc_any_inbound)) {
    sources_.reserve(kMaxSources);
  }

  std::optional<std::span<std::uint8_t>> unprotect_rtp(std::span<std::uint8_t> packet) override {
    return unprotect(packet, kRtpHeader + kSrtpOverhead, 8, srtp_unprotect);
  }
  std::optional<std::span<std::uint8_t>> unprotect_rtcp(std::span<std::uint8_t> compound) override {
    return unprotect(compound, kRtcpHeader + kSrtcpOverhead, 4, srtp_unprotect_rtcp);
  }

 private:
  struct Source {
    std::uint32_t ssrc;
    std::uint64_t last_heard;
  };

  std::optional<std::span<std::uint8_t>> unprotect(std::span<std::uint8_t> packet,
                                                   std::size_t minimum, std::size_t ssrc_at,
                                                   srtp_err_status_t (*function)(srtp_t, void*,
                                                                                 int*)) {
    if (packet.size() < minimum) return std::nullopt;
    const std::uint32_t ssrc = forwarding::read_u32(packet, ssrc_at);
    int size = static_cast<int>(packet.size());
    if (function(session_.get(), packet.data(), &size) != srtp_err_status_ok) return std::nullopt;
    heard(ssrc);
    return packet.first(static_cast<std::size_t>(size));
  }

  void heard(std::uint32_t ssrc) {
    ++clock_;
    for (Source& source : sources_) {
      if (source.ssrc != ssrc) continue;
      source.last_heard = clock_;
      return;
    }
    if (sources_.size() < kMaxSources) {
      sources_.push_back({ssrc, clock_});
      return;
    }
    Source& quietest = *std::ranges::min_element(sources_, {}, &Source::last_heard);
    srtp_remove_stream(session_.get(), htonl(quietest.ssrc));
    quietest = {ssrc, clock_};
  }

  Session session_;
  std::vector<Source> sources_;
  std::uint64_t clock_ = 0;
};

}  // namespace

void prepare_srtp() {
  // Over NSS, as Debian builds libsrtp, the first session loads the cryptographic modules and the
  // last one unloads them, which takes milliseconds. So one session stays for as long as the
  // process.
  [[maybe_unused]] static const srtp_t kept = [] {
    if (srtp_init() != srtp_err_status_ok) std::abort();
    return create_session({}, ssrc_any_inbound).release();
  }();
}

std::unique_ptr<SrtpSender> make_srtp_sender(const SrtpKey& key) {
  return std::make_unique<LibsrtpSender>(key);
}

std::unique_ptr<SrtpReceiver> make_srtp_receiver(const SrtpKey& key) {
  return std::make_unique<LibsrtpReceiver>(key);
}

}  // namespace parley::transport
