// Bounds on what libsoup takes in of a request before anybody looks at it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <libsoup/soup.h>

namespace parley::signaling::http {

/// How long a request's body may be, in bytes.
struct BodyLimits {
  struct Below {
    std::string path;  ///< as it stands in the request, such as "/upload/"
    std::size_t bytes = 0;
  };

  std::size_t bytes = 64 * 1024;
  std::vector<Below> exceptions{};  ///< the first whose path the request's begins with

  [[nodiscard]] std::size_t of(std::string_view path) const;
};

/// Requests whose body is longer get 413, by Content-Length before the body is read (the client
/// that sent Expect: 100-continue never sends it), else as it comes in. Nothing of it is kept; when
/// it does not end, the connection does. `limits` outlives the server. Main-bound.
void limit_requests(SoupServer* server, const BodyLimits& limits);

}  // namespace parley::signaling::http
