// The STUN and TURN servers that clients are told of. This server needs none itself: it is ICE-lite
// and has one address. A client whose network lets no UDP out reaches it through TURN.
#pragma once

#include <string>
#include <vector>

#include "signaling/ice_server.hpp"
#include "support/result.hpp"
#include "support/time.hpp"

namespace parley::signaling::http {

/// Immutable; thread-safe.
class IceServers {
 public:
  IceServers() = default;  ///< none
  /// `urls`: stun:, stuns:, turn: and turns: URLs (RFC 7064, RFC 7065). `turn_secret` is what the
  /// TURN servers share with this one (coturn's static-auth-secret); turn: and turns: need it.
  /// Errors, each one line with the remedy: invalid_ice_server, no_turn_secret.
  static Result<IceServers> create(const std::vector<std::string>& urls, std::string turn_secret);

  /// With credentials that TURN takes for a day from `now`: what a client is told it can tell
  /// others, so there are none that last (draft-uberti-behave-turn-rest-00, section 2.2).
  [[nodiscard]] std::vector<IceServer> at(WallTime now) const;

 private:
  std::vector<std::string> urls_;
  std::string turn_secret_;
};

}  // namespace parley::signaling::http
