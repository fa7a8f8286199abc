// Where the server is, from what a user types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/result.hpp"

namespace parley::load {

struct Endpoint {
  bool tls = false;
  std::string host;  ///< without brackets
  std::uint16_t port = 0;
  std::string path;  ///< empty, or from the first slash on

  /// `scheme` is "ws" or "http"; its secure form where TLS is on.
  [[nodiscard]] std::string url(std::string_view scheme, std::string_view default_path) const;
};

/// "http://host:8080", "wss://host/path", or "host:8080" for plain HTTP. A port that is missing is
/// the scheme's. Error "bad_url" with the remedy.
Result<Endpoint> parse_endpoint(const std::string& text);

}  // namespace parley::load
