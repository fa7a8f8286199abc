// DTLS 1.2 for SRTP keys (RFC 5764), over OpenSSL with its input and output in memory.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "support/result.hpp"
#include "support/time.hpp"
#include "transport/srtp.hpp"

namespace parley::load {

/// The certificate that all simulated clients share; making one costs more than a handshake.
/// Thread-safe once made.
class DtlsIdentity {
 public:
  /// Error "crypto_failed".
  static Result<std::shared_ptr<const DtlsIdentity>> make();

  /// "sha-256 AB:CD:…", as in a=fingerprint.
  [[nodiscard]] const std::string& fingerprint() const { return fingerprint_; }
  [[nodiscard]] SSL_CTX* context() const { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  DtlsIdentity() = default;

  std::unique_ptr<SSL_CTX, Free> context_;
  std::string fingerprint_;
};

class DtlsOutput {
 public:
  virtual ~DtlsOutput() = default;
  virtual void send_records(std::span<const std::uint8_t> datagram) = 0;
};

enum class DtlsRole : std::uint8_t { Client, Server };

/// Bound to one thread.
class DtlsSession {
 public:
  static constexpr unsigned kMtu = 1200;

  enum class State : std::uint8_t { Handshaking, Connected, Closed, Failed };
  struct Keys {
    transport::SrtpKey send, receive;
  };

  DtlsSession(std::shared_ptr<const DtlsIdentity> identity, DtlsRole role, DtlsOutput& output);
  ~DtlsSession();
  DtlsSession(const DtlsSession&) = delete;
  DtlsSession& operator=(const DtlsSession&) = delete;

  /// The client's first flight; a server waits for it.
  void start() { advance(); }
  void on_datagram(std::span<const std::uint8_t> datagram);
  /// Until the next retransmission; none while none is due.
  [[nodiscard]] std::optional<Duration> timeout() const;
  void on_timeout();
  /// Says goodbye. Idempotent.
  void close();

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  /// Only when Connected; none where no SRTP profile was agreed.
  [[nodiscard]] std::optional<Keys> keys() const;
  /// Whether the peer's certificate has one of these fingerprints (RFC 8122).
  [[nodiscard]] bool peer_has(const std::vector<std::string>& fingerprints) const;

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  void advance();
  void fail(const char* what);

  std::shared_ptr<const DtlsIdentity> identity_;
  DtlsRole role_;
  std::unique_ptr<SSL, Free> ssl_;
  BIO* input_ = nullptr;  ///< the session's
  State state_ = State::Handshaking;
  std::string problem_;
};

}  // namespace parley::load
