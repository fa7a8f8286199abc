// HMAC-SHA1 under one key, computed often. Bound to one thread at a time; compute() does not
// allocate.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>

#include <openssl/evp.h>

namespace parley::transport {

class HmacSha1 {
 public:
  using Digest = std::array<std::uint8_t, 20>;

  explicit HmacSha1(std::string_view key);
  /// Over the concatenation of `parts`.
  [[nodiscard]] Digest compute(std::initializer_list<std::span<const std::uint8_t>> parts) const;

 private:
  struct Free {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
  };
  std::unique_ptr<EVP_MAC_CTX, Free> context_;
};

}  // namespace parley::transport
