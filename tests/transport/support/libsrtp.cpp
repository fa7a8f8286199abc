#include "tests/transport/support/libsrtp.hpp"

#include <cstdlib>
#include <cstring>

#include <srtp2/srtp.h>

namespace parley::transport::testing {
namespace {

struct Free {
  void operator()(srtp_t session) const { srtp_dealloc(session); }
};
using Session = std::unique_ptr<srtp_ctx_t, Free>;
using Function = srtp_err_status_t (*)(srtp_t, void*, int*);

Session make_session(const SrtpKey& key, srtp_ssrc_type_t direction) {
  static const srtp_err_status_t ready = srtp_init();
  SrtpKey copy = key;  // libsrtp takes it as mutable
  srtp_policy_t policy{};
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  policy.ssrc.type = direction;
  policy.key = copy.data();
  policy.window_size = 1024;
  srtp_t session = nullptr;
  if (ready != srtp_err_status_ok || srtp_create(&session, &policy) != srtp_err_status_ok)
    std::abort();
  return Session(session);
}

class Sender final : public SrtpSender {
 public:
  explicit Sender(const SrtpKey& key) : session_(make_session(key, ssrc_any_outbound)) {}

  std::size_t protect_rtp(std::span<const std::uint8_t> packet,
                          std::span<std::uint8_t> out) override {
    return protect(packet, out, srtp_protect);
  }
  std::size_t protect_rtcp(std::span<const std::uint8_t> compound,
                           std::span<std::uint8_t> out) override {
    return protect(compound, out, srtp_protect_rtcp);
  }

 private:
  std::size_t protect(std::span<const std::uint8_t> packet, std::span<std::uint8_t> out,
                      Function function) {
    std::memcpy(out.data(), packet.data(), packet.size());
    int size = static_cast<int>(packet.size());
    const auto status = function(session_.get(), out.data(), &size);
    return status == srtp_err_status_ok ? static_cast<std::size_t>(size) : 0;
  }

  Session session_;
};

class Receiver final : public SrtpReceiver {
 public:
  explicit Receiver(const SrtpKey& key) : session_(make_session(key, ssrc_any_inbound)) {}

  std::optional<std::span<std::uint8_t>> unprotect_rtp(std::span<std::uint8_t> packet) override {
    return unprotect(packet, srtp_unprotect);
  }
  std::optional<std::span<std::uint8_t>> unprotect_rtcp(std::span<std::uint8_t> compound) override {
    return unprotect(compound, srtp_unprotect_rtcp);
  }

 private:
  std::optional<std::span<std::uint8_t>> unprotect(std::span<std::uint8_t> packet,
                                                   Function function) {
    int size = static_cast<int>(packet.size());
    if (function(session_.get(), packet.data(), &size) != srtp_err_status_ok) return std::nullopt;
    return packet.first(static_cast<std::size_t>(size));
  }

  Session session_;
};

}  // namespace

std::unique_ptr<SrtpSender> make_libsrtp_sender(const SrtpKey& key) {
  return std::make_unique<Sender>(key);
}

std::unique_ptr<SrtpReceiver> make_libsrtp_receiver(const SrtpKey& key) {
  return std::make_unique<Receiver>(key);
}

}  // namespace parley::transport::testing
