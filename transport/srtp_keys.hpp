// What SRTP does with one session's keys: the key stream and the tag (RFC 3711 4.1.1, 4.2, 4.3).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "transport/srtp.hpp"

namespace parley::transport {

inline constexpr std::size_t kSrtpSalt = 14;

/// HMAC-SHA1 (RFC 2104) whose key is worked into its states once. Over OpenSSL's SHA-1 functions
/// themselves: EVP_MAC and copies of EVP_MD_CTX allocate for every message in OpenSSL 3.0, and take
/// twice as long for a small packet.
class SrtpMac {
 public:
  using Digest = std::array<std::uint8_t, SHA_DIGEST_LENGTH>;

  explicit SrtpMac(std::span<const std::uint8_t> key);
  /// Over `message` and what follows it.
  [[nodiscard]] Digest compute(std::span<const std::uint8_t> message,
                               std::span<const std::uint8_t> then) const;

 private:
  SHA_CTX inner_;
  SHA_CTX outer_;
};

/// What is encrypted with one set of session keys; the number is that of its first label (RFC 3711
/// 4.3.2).
enum class SrtpPart : std::uint8_t { Rtp = 0, Rtcp = 3 };

struct SrtpSessionKeys {
  ~SrtpSessionKeys();  ///< wipes them

  std::array<std::uint8_t, 16> cipher;
  std::array<std::uint8_t, 20> authentication;
  std::array<std::uint8_t, kSrtpSalt> salt;
};

/// RFC 3711 4.3.1, with a key derivation rate of 0.
SrtpSessionKeys derive_srtp_keys(const SrtpKey& master, SrtpPart part);

/// Uses one set of session keys. No call allocates. Bound to one thread at a time.
class SrtpCipher {
 public:
  explicit SrtpCipher(const SrtpSessionKeys& keys);

  /// Encrypts or decrypts, the same thing in counter mode. `out` may be `in` itself.
  void apply_key_stream(std::uint32_t ssrc, std::uint64_t index, std::span<const std::uint8_t> in,
                        std::uint8_t* out);
  [[nodiscard]] const SrtpMac& mac() const { return mac_; }

 private:
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };

  std::unique_ptr<EVP_CIPHER_CTX, Free> aes_;
  std::array<std::uint8_t, kSrtpSalt> salt_;
  SrtpMac mac_;
};

}  // namespace parley::transport
