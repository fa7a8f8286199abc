// Who a client says it is: a JSON Web Token (RFC 7519) with `sub` and `username`.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace parley::signaling::applications {

struct Identity {
  std::string sub;
  std::string username;

  bool operator==(const Identity&) const = default;
};

/// Immutable once made.
class TokenReader {
 public:
  /// `key`: the secret that tokens are signed with (HS256, HS384, HS512), or a PEM public key for
  /// the asymmetric algorithms (RS…, ES…). Empty: tokens are only read, and tell no more than a
  /// name that a client chose. Error: bad_jwt_key.
  static Result<TokenReader> create(std::string key);

  /// `now` as JWT counts, since 1970. Errors: bad_token (no token, or not what it should be), and
  /// with a key untrusted_token (signature, algorithm, expired or not valid yet).
  [[nodiscard]] Result<Identity> read(std::string_view token,
                                      std::chrono::system_clock::time_point now) const;

 private:
  TokenReader(std::string key, bool asymmetric) : key_(std::move(key)), asymmetric_(asymmetric) {}
  [[nodiscard]] bool is_signed(const std::string& token) const;

  std::string key_;
  bool asymmetric_ = false;
};

/// What an operator gave as key: the name of a file with it, or the secret itself. What looks like
/// a path and is no file is a mistake, not a secret. Error: bad_jwt_key.
Result<std::string> load_jwt_key(const std::string& option);

}  // namespace parley::signaling::applications
