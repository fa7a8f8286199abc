// Who may do what over HTTP. Pure; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "signaling/http/origin.hpp"
#include "support/result.hpp"

namespace parley::signaling::http {

/// What a route asks of its caller.
enum class Access {
  Public,    ///< pages, files, health: anybody, from anywhere
  Read,      ///< shows what goes on in rooms
  Create,    ///< makes something new that harms nobody: without an operator token anybody may, and
             ///< as pages of clients come from elsewhere, those of any origin until some are named
  Operator,  ///< changes what others use: the operator, or without a token this machine
};

/// What the decision rests on; views into the request.
struct Caller {
  bool loopback = false;      ///< the TCP peer is this machine
  bool forwarded = false;     ///< a proxy added X-Forwarded-For or Forwarded: the peer is the proxy
  std::string_view host{};    ///< the Host header
  std::string_view origin{};  ///< the Origin header, empty without
  std::string_view fetch_site{};     ///< the Sec-Fetch-Site header, empty without
  std::string_view authorization{};  ///< the Authorization header, empty without
};

struct Denial {
  unsigned status = 403;
  Error error;
};

/// Immutable once made.
class AccessPolicy {
 public:
  /// An empty `operator_token`: operator calls are taken from this machine only.
  AccessPolicy(OriginPolicy origins, std::string operator_token, std::string machine_name);

  /// Nothing when the call may go on.
  [[nodiscard]] std::optional<Denial> check(Access access, const Caller& caller) const;
  /// The same for opening a WebSocket, where browsers ask no permission before (RFC 6455 section
  /// 10.2): a page of a foreign origin is turned away; a caller without Origin is no browser.
  [[nodiscard]] std::optional<Denial> check_websocket(const Caller& caller) const;

  /// May a page of `origin` read what a route of that access answers (CORS)?
  [[nodiscard]] bool shares(Access access, std::string_view origin) const;

  [[nodiscard]] const OriginPolicy& origins() const { return origins_; }

 private:
  [[nodiscard]] std::optional<Denial> check_host(const Caller& caller) const;
  [[nodiscard]] std::optional<Denial> check_origin(const Caller& caller) const;
  [[nodiscard]] std::optional<Denial> check_operator(const Caller& caller) const;

  OriginPolicy origins_;
  std::string operator_token_;
  std::string machine_name_;
};

/// The token of an Authorization header, "Bearer TOKEN" (RFC 6750 section 2.1; schemes are compared
/// without case). Some players send it without the scheme.
std::string_view bearer_token(std::string_view authorization);

/// Takes the same time for every `given` of one length, so that a secret cannot be found character
/// by character.
bool equal_in_constant_time(std::string_view given, std::string_view secret);

}  // namespace parley::signaling::http
