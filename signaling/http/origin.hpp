// Which web pages may talk to this server: Origin (RFC 6454) against Host (RFC 9110 section 7.2).
// Pure; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.hpp"

namespace parley::signaling::http {

/// host[:port] as it stands in Host, in lower case and without the brackets of an IPv6 literal.
struct Authority {
  std::string host;
  std::optional<std::uint16_t> port;

  bool operator==(const Authority&) const = default;
};
/// Nothing when `text` is no authority.
std::optional<Authority> parse_authority(std::string_view text);

/// scheme://host:port with the port always filled in.
struct Origin {
  std::string scheme;
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const Origin&) const = default;
};
/// Nothing for "null" and for anything that is no http(s) origin.
std::optional<Origin> parse_origin(std::string_view text);

/// True for an IP literal: a name that no DNS server can point elsewhere.
bool is_ip_literal(std::string_view host);

/// Decides by Origin and Host alone. Immutable.
class OriginPolicy {
 public:
  /// `allowed`: origins such as "https://example.org", or "*" for any. Error: invalid_origin.
  static Result<OriginPolicy> create(const std::vector<std::string>& allowed);

  /// May a page of `origin` use this server, which it reached as `host` (the Host header)? Yes when
  /// both name the same place, or the origin was allowed. A port that Host leaves out stands for
  /// the default of the origin's scheme, whatever ours: a proxy in front may do the TLS.
  [[nodiscard]] bool allows(std::string_view origin, std::string_view host) const;
  /// Did the operator name any?
  [[nodiscard]] bool names_some() const { return any_ || !allowed_.empty(); }
  /// Was `origin` named by the operator? Such a page is also given CORS headers.
  [[nodiscard]] bool lists(std::string_view origin) const;

  /// Is `host` a name under which a peer on this machine can have meant us: an IP literal,
  /// localhost, `machine`, or the host of an allowed origin? Anything else is a foreign name that
  /// was made to point here (DNS rebinding), so that a page of that name counts as same-origin.
  [[nodiscard]] bool is_own_name(std::string_view host, std::string_view machine) const;

 private:
  bool any_ = false;
  std::vector<Origin> allowed_;
};

}  // namespace parley::signaling::http
