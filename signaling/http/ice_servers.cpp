#include "signaling/http/ice_servers.hpp"

#include <array>
#include <chrono>
#include <regex>
#include <utility>

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "support/glib/ref.hpp"

namespace parley::signaling::http {
namespace {

constexpr std::chrono::hours kCredentialsLast{24};
constexpr std::size_t kMaxServers = 16;

bool is_turn(const std::string& url) {
  return url.starts_with("turn:") || url.starts_with("turns:");
}

bool is_ice_url(const std::string& url) {
  static const std::regex kUrl(
      R"((stuns?|turns?):([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?(\?transport=(udp|tcp))?)");
  if (!std::regex_match(url, kUrl)) return false;
  return is_turn(url) || url.find('?') == std::string::npos;
}

std::string hmac_sha1(const std::string& key, const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  // Signed bytes and unsigned ones are the same bytes.
  const void* data = text.data();
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
       static_cast<const unsigned char*>(data), text.size(), mac.data(), &size);
  return GString_(g_base64_encode(mac.data(), size)).get();
}

}  // namespace

Result<IceServers> IceServers::create(const std::vector<std::string>& urls,
                                      std::string turn_secret) {
  if (urls.size() > kMaxServers)
    return Error{"invalid_ice_server",
                 "--ice-server: more than " + std::to_string(kMaxServers) + "; give fewer"};
  IceServers servers;
  for (const std::string& url : urls) {
    if (!is_ice_url(url))
      return Error{"invalid_ice_server",
                   "--ice-server: '" + url +
                       "' is not of the form stun:HOST[:PORT] or turn:HOST[:PORT][?transport=tcp]"};
    if (is_turn(url) && turn_secret.empty())
      return Error{"no_turn_secret", "--ice-server: " + url +
                                         " needs --turn-secret, the secret that the TURN server "
                                         "is given (coturn: static-auth-secret)"};
    servers.urls_.push_back(url);
  }
  servers.turn_secret_ = std::move(turn_secret);
  return servers;
}

std::vector<IceServer> IceServers::at(WallTime now) const {
  const auto end =
      std::chrono::duration_cast<std::chrono::seconds>((now + kCredentialsLast).time_since_epoch());
  const std::string username = std::to_string(end.count());
  std::vector<IceServer> servers;
  for (const std::string& url : urls_) {
    if (is_turn(url))
      servers.push_back({url, username, hmac_sha1(turn_secret_, username)});
    else
      servers.push_back({url, {}, {}});
  }
  return servers;
}

}  // namespace parley::signaling::http
