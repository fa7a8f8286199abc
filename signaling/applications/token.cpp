#include "signaling/applications/token.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "signaling/applications/arguments.hpp"
#include "signaling/socketio/base64.hpp"
#include "signaling/socketio/value.hpp"

namespace parley::signaling::applications {
namespace {

using socketio::Value;
using Clock = std::chrono::system_clock;

constexpr std::size_t kMaxToken = 8192;
/// Clocks of two machines differ.
constexpr double kLeewaySeconds = 60;
constexpr socketio::JsonLimits kClaimLimits{.depth = 16, .values = 1000};

Error bad_token(std::string message) {
  return {"bad_token", std::move(message)};
}
Error untrusted(std::string message) {
  return {"untrusted_token", std::move(message)};
}

/// The middle part of header.claims.signature.
std::optional<Value> claims_of(std::string_view token) {
  const auto first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return std::nullopt;
  const auto text = socketio::base64_decode(token.substr(first + 1, second - first - 1));
  if (!text) return std::nullopt;
  auto claims = socketio::parse_json(*text, kClaimLimits);
  if (!claims || claims->object() == nullptr) return std::nullopt;
  return std::move(*claims);
}

/// RFC 7519 sections 4.1.4 and 4.1.5.
Status check_time(const Value& claims, Clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
  const Value* expires = claims.find("exp");
  if (expires != nullptr &&
      (expires->number() == nullptr || seconds >= *expires->number() + kLeewaySeconds))
    return untrusted("The token has expired (exp): get a new one");
  const Value* begins = claims.find("nbf");
  if (begins != nullptr &&
      (begins->number() == nullptr || seconds + kLeewaySeconds < *begins->number()))
    return untrusted("The token is not valid yet (nbf)");
  return Nothing{};
}

bool is_public_key(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  return key != nullptr;
}

bool looks_like_path(const std::string& text) {
  return text.starts_with('/') || text.starts_with("./") || text.starts_with("../") ||
         text.ends_with(".pem");
}

}  // namespace

Result<TokenReader> TokenReader::create(std::string key) {
  const bool asymmetric = key.find("-----BEGIN ") != std::string::npos;
  if (asymmetric && !is_public_key(key))
    return Error{"bad_jwt_key",
                 "--jwt-key: the PEM text holds no public key; make one with "
                 "openssl pkey -in private.pem -pubout"};
  return TokenReader(std::move(key), asymmetric);
}

Result<Identity> TokenReader::read(std::string_view token, Clock::time_point now) const {
  if (token.empty())
    return bad_token(
        "The token is missing: connect with auth {token: a JWT with sub and username}");
  if (token.size() > kMaxToken) return bad_token("The token is too long");
  const auto claims = claims_of(token);
  if (!claims) return bad_token("The token is no JSON Web Token (header.claims.signature)");
  if (!key_.empty()) {
    if (!is_signed(std::string(token)))
      return untrusted("The token is not signed with this server's key (--jwt-key)");
    if (const Status valid = check_time(*claims, now); !valid) return valid.error();
  }
  auto sub = read_name(claims->find("sub"));
  if (!sub) return bad_token("The token lacks sub, the user's id");
  auto username = read_name(claims->find("username"));
  if (!username) return bad_token("The token lacks username");
  return Identity{std::move(*sub), std::move(*username)};
}

/// libjwt takes the algorithm from the token. A public key is no secret: taken for one (HS…),
/// anybody could sign with it, hence the look at what kind it was.
bool TokenReader::is_signed(const std::string& token) const {
  jwt_t* decoded = nullptr;
  if (jwt_decode(&decoded, token.c_str(), reinterpret_cast<const unsigned char*>(key_.data()),
                 static_cast<int>(key_.size())) != 0)
    return false;
  const std::unique_ptr<jwt_t, decltype(&jwt_free)> owner(decoded, &jwt_free);
  const jwt_alg_t algorithm = jwt_get_alg(decoded);
  const bool symmetric =
      algorithm == JWT_ALG_HS256 || algorithm == JWT_ALG_HS384 || algorithm == JWT_ALG_HS512;
  return algorithm != JWT_ALG_NONE && symmetric != asymmetric_;
}

Result<std::string> load_jwt_key(const std::string& option) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(option, error)) {
    if (looks_like_path(option))
      return Error{"bad_jwt_key", "--jwt-key: there is no file " + option +
                                      "; give the secret itself, or a file that holds it or a PEM "
                                      "public key"};
    return option;
  }
  std::ifstream file(option, std::ios::binary);
  std::string key{std::istreambuf_iterator<char>(file), {}};
  if (!file) return Error{"bad_jwt_key", "--jwt-key: " + option + " cannot be read"};
  while (key.ends_with('\n') || key.ends_with('\r')) key.pop_back();
  if (key.empty()) return Error{"bad_jwt_key", "--jwt-key: " + option + " is empty"};
  return key;
}

}  // namespace parley::signaling::applications
