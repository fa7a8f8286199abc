// What strangers write into requests: paths, Host, Origin, If-None-Match, Authorization.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "signaling/http/access.hpp"
#include "signaling/http/paths.hpp"
#include "signaling/http/router.hpp"
#include "signaling/http/static_files.hpp"

namespace http = parley::signaling::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto segments = http::split_path(text)) {
    for (const std::string& segment : *segments)
      if (segment == "." || segment == ".." || segment.find('\0') != std::string::npos)
        std::abort();
    static const http::Router router = [] {
      http::Router made;
      for (const char* pattern : {"/", "/{room}", "/assets/{path*}", "/api/rooms/{room}"})
        made.add("GET", pattern, http::Access::Public, [](http::Exchange&) {});
      return made;
    }();
    (void)router.route("GET", *segments);
  }
  (void)http::etag_matches(text, "\"tag\"");
  (void)http::is_room_id(text);

  static const http::AccessPolicy policy(
      http::OriginPolicy::create({"https://allowed.example"}).value(), "secret", "box");
  const std::size_t half = size / 2;
  const http::Caller caller{.loopback = true,
                            .host = text.substr(0, half),
                            .origin = text.substr(half),
                            .authorization = text.substr(half)};
  (void)policy.check_websocket(caller);
  // Only the one right header opens what the token guards.
  if (!policy.check(http::Access::Operator, caller) && caller.authorization.size() < 13)
    std::abort();
  return 0;
}
