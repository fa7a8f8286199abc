// From a client's message of parley.v1 to the request it makes (docs/signaling.md).
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "signaling/backend.hpp"
#include "support/result.hpp"

namespace parley::signaling::native {

/// A request for the server's own time; answered by the session itself.
struct PingRequest {};

/// A request, and its id as the JSON text it had ("7", "\"a\""), to be repeated in the reply.
struct Decoded {
  std::string id;
  std::variant<Request, PingRequest> request;
};

/// A message that is no request. `id` is empty where it had none that could be used.
struct Refused {
  std::string id;
  Error error;
};

/// Thread-safe; no state. The caller bounds the size of `text`. Errors: bad_request (no JSON object,
/// nested deeper than 16, no usable id or type), unknown_type, missing_field, invalid_field; the
/// message names the field. Unknown fields are ignored.
std::variant<Decoded, Refused> decode(std::string_view text);

}  // namespace parley::signaling::native
