// SHA1_* are deprecated in favour of EVP; srtp_keys.hpp says why they are used.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "transport/srtp_keys.hpp"

#include <algorithm>
#include <cstdlib>

#include <openssl/crypto.h>

#include "forwarding/bytes.hpp"

namespace parley::transport {
namespace {

using Cipher = EVP_CIPHER_CTX;
using Iv = std::array<std::uint8_t, 16>;

constexpr std::size_t kMasterKey = 16;
static_assert(kMasterKey + kSrtpSalt == std::tuple_size_v<SrtpKey>);

/// OpenSSL fails here only for want of memory, or because of a mistake of ours.
void require(bool ok) {
  if (!ok) std::abort();
}

Cipher* make_cipher(std::span<const std::uint8_t> key) {
  // Looked up once: by itself each use would search the providers, with a lock.
  static EVP_CIPHER* const aes = EVP_CIPHER_fetch(nullptr, "AES-128-CTR", nullptr);
  Cipher* cipher = EVP_CIPHER_CTX_new();
  require(aes != nullptr && cipher != nullptr &&
          EVP_EncryptInit_ex2(cipher, aes, key.data(), nullptr, nullptr) == 1);
  return cipher;
}

void apply(Cipher* cipher, const Iv& iv, std::span<const std::uint8_t> in, std::uint8_t* out) {
  int size = 0;
  require(EVP_EncryptInit_ex2(cipher, nullptr, nullptr, iv.data(), nullptr) == 1 &&
          EVP_EncryptUpdate(cipher, out, &size, in.data(), static_cast<int>(in.size())) == 1);
}

}  // namespace

// --- SrtpMac ---

SrtpMac::SrtpMac(std::span<const std::uint8_t> key) {
  require(key.size() <= SHA_CBLOCK);
  const auto begin = [key](SHA_CTX& state, std::uint8_t pad) {
    std::array<std::uint8_t, SHA_CBLOCK> block;
    block.fill(pad);
    for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= key[i];
    SHA1_Init(&state);
    SHA1_Update(&state, block.data(), block.size());
    OPENSSL_cleanse(block.data(), block.size());
  };
  begin(inner_, 0x36);
  begin(outer_, 0x5c);
}

SrtpMac::Digest SrtpMac::compute(std::span<const std::uint8_t> message,
                                 std::span<const std::uint8_t> then) const {
  Digest digest;
  SHA_CTX state = inner_;
  SHA1_Update(&state, message.data(), message.size());
  SHA1_Update(&state, then.data(), then.size());
  SHA1_Final(digest.data(), &state);
  state = outer_;
  SHA1_Update(&state, digest.data(), digest.size());
  SHA1_Final(digest.data(), &state);
  return digest;
}

// --- session keys ---

SrtpSessionKeys::~SrtpSessionKeys() {
  OPENSSL_cleanse(this, sizeof *this);
}

SrtpSessionKeys derive_srtp_keys(const SrtpKey& master, SrtpPart part) {
  const std::span<const std::uint8_t> bytes(master);
  Cipher* prf = make_cipher(bytes.first(kMasterKey));
  auto label = static_cast<std::uint8_t>(part);
  const auto derive = [&](std::span<std::uint8_t> out) {
    Iv iv{};
    std::ranges::copy(bytes.subspan(kMasterKey), iv.begin());
    iv[7] ^= label++;
    std::ranges::fill(out, std::uint8_t{0});
    apply(prf, iv, out, out.data());
  };
  SrtpSessionKeys keys;
  derive(keys.cipher);
  derive(keys.authentication);
  derive(keys.salt);
  EVP_CIPHER_CTX_free(prf);
  return keys;
}

// --- SrtpCipher ---

SrtpCipher::SrtpCipher(const SrtpSessionKeys& keys)
    : aes_(make_cipher(keys.cipher)), salt_(keys.salt), mac_(keys.authentication) {}

void SrtpCipher::apply_key_stream(std::uint32_t ssrc, std::uint64_t index,
                                  std::span<const std::uint8_t> in, std::uint8_t* out) {
  // RFC 3711 4.1.1: salt ^ SSRC ^ index, and two bytes that count the blocks.
  Iv iv{};
  forwarding::write_u32(iv, 4, ssrc);
  forwarding::write_u16(iv, 8, static_cast<std::uint16_t>(index >> 32));
  forwarding::write_u32(iv, 10, static_cast<std::uint32_t>(index));
  for (std::size_t i = 0; i < salt_.size(); ++i) iv[i] ^= salt_[i];
  apply(aes_.get(), iv, in, out);
}

}  // namespace parley::transport
