#include "transport/hmac_sha1.hpp"

#include <cstdlib>

#include <openssl/core_names.h>
#include <openssl/params.h>

namespace parley::transport {

HmacSha1::HmacSha1(std::string_view key) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  context_.reset(EVP_MAC_CTX_new(mac));
  EVP_MAC_free(mac);
  char digest[] = "SHA1";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  // A null key means "the same as before" to EVP_MAC_init, so an empty one needs an address.
  const auto* bytes = reinterpret_cast<const unsigned char*>(key.empty() ? "" : key.data());
  if (context_ == nullptr || EVP_MAC_init(context_.get(), bytes, key.size(), params) != 1)
    std::abort();
}

HmacSha1::Digest HmacSha1::compute(
    std::initializer_list<std::span<const std::uint8_t>> parts) const {
  Digest digest{};
  std::size_t size = 0;
  bool ok = EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1;
  for (const auto part : parts) {
    ok = ok && EVP_MAC_update(context_.get(), part.data(), part.size()) == 1;
  }
  ok = ok && EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()) == 1;
  if (!ok || size != digest.size()) std::abort();
  return digest;
}

}  // namespace parley::transport
