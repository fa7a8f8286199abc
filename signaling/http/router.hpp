// From method and path to a handler. Pure but for what the handlers do; main-bound.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "signaling/http/access.hpp"

namespace parley::signaling::http {

class Exchange;
using Handler = std::function<void(Exchange&)>;
/// What stood in the path where the pattern has {name}.
using Parameters = std::map<std::string, std::string, std::less<>>;

/// The path's segments, percent-decoded after splitting, so that %2F is never a separator. Nothing
/// when the path is unusable: bad escapes, NUL, invalid UTF-8, or a "." or ".." segment.
std::optional<std::vector<std::string>> split_path(std::string_view path);

class Router {
 public:
  struct Match {
    const Handler* handler = nullptr;
    Access access{};
    Parameters parameters;
  };
  struct MethodNotAllowed {
    std::string allow;  ///< for the Allow header: "GET, HEAD, OPTIONS"
  };
  struct NotFound {};
  using Outcome = std::variant<Match, MethodNotAllowed, NotFound>;

  /// `pattern`: "/api/rooms/{room}/graph"; a last segment "{path*}" takes all that is left. Where
  /// several patterns fit, literal segments win over {name} and that over {path*}, from the left. A
  /// GET route answers HEAD as well.
  void add(std::string method, std::string_view pattern, Access access, Handler handler);

  [[nodiscard]] Outcome route(std::string_view method,
                              const std::vector<std::string>& segments) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> pattern;
    Access access{};
    Handler handler;
  };
  std::vector<Route> routes_;  ///< the more specific first
};

}  // namespace parley::signaling::http
