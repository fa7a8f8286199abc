#include "signaling/http/access.hpp"

#include <utility>

#include <openssl/crypto.h>

namespace parley::signaling::http {

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() < kScheme.size()) return authorization;
  for (std::size_t i = 0; i < kScheme.size(); ++i)
    if ((authorization[i] | 0x20) != kScheme[i]) return authorization;
  authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  return authorization;
}

bool equal_in_constant_time(std::string_view given, std::string_view secret) {
  return given.size() == secret.size() &&
         CRYPTO_memcmp(given.data(), secret.data(), secret.size()) == 0;
}

AccessPolicy::AccessPolicy(OriginPolicy origins, std::string operator_token,
                           std::string machine_name)
    : origins_(std::move(origins)),
      operator_token_(std::move(operator_token)),
      machine_name_(std::move(machine_name)) {}

std::optional<Denial> AccessPolicy::check(Access access, const Caller& caller) const {
  if (access == Access::Public) return std::nullopt;
  if (auto denial = check_host(caller)) return denial;
  if (access == Access::Read) return std::nullopt;
  if (access != Access::Create || origins_.names_some())
    if (auto denial = check_origin(caller)) return denial;
  if (access != Access::Operator && operator_token_.empty()) return std::nullopt;
  return check_operator(caller);
}

bool AccessPolicy::shares(Access access, std::string_view origin) const {
  return origins_.lists(origin) || (access == Access::Create && !origins_.names_some());
}

std::optional<Denial> AccessPolicy::check_websocket(const Caller& caller) const {
  if (auto denial = check_host(caller)) return denial;
  return check_origin(caller);
}

std::optional<Denial> AccessPolicy::check_host(const Caller& caller) const {
  if (!caller.loopback || caller.forwarded || origins_.is_own_name(caller.host, machine_name_))
    return std::nullopt;
  return Denial{421,
                {"foreign_host",
                 "This machine was addressed by a name that is not its own (Host). Use "
                 "localhost or its address; behind a proxy, have it send X-Forwarded-For, or "
                 "name its origin with --allow-origin"}};
}

std::optional<Denial> AccessPolicy::check_origin(const Caller& caller) const {
  const bool foreign = caller.origin.empty() ? caller.fetch_site == "cross-site"
                                             : !origins_.allows(caller.origin, caller.host);
  if (!foreign) return std::nullopt;
  return Denial{403,
                {"forbidden_origin",
                 "Pages of another origin (Origin) may not do this; the server's "
                 "--allow-origin names those that may"}};
}

std::optional<Denial> AccessPolicy::check_operator(const Caller& caller) const {
  if (!operator_token_.empty()) {
    if (equal_in_constant_time(bearer_token(caller.authorization), operator_token_))
      return std::nullopt;
    return Denial{401,
                  {"unauthorized",
                   "This needs the operator's token: send Authorization: Bearer TOKEN with "
                   "the server's --operator-token"}};
  }
  if (caller.loopback && !caller.forwarded) return std::nullopt;
  return Denial{403,
                {"forbidden",
                 "Without --operator-token this is taken from the server's own machine only; "
                 "start the server with one to do it from here"}};
}

}  // namespace parley::signaling::http
