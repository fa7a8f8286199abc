// parley.v1, from the client: JSON text to requests. docs/signaling.md is the protocol.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "signaling/backend.hpp"
#include "support/result.hpp"

namespace parley::signaling::native {

/// A request's id as the client chose it, repeated in the reply. monostate: it had none that is
/// usable, so the reply has none either.
using MessageId = std::variant<std::monostate, std::int64_t, std::string>;

/// Asks for a sign of life and the server's time; answered by the session itself.
struct Ping {};
using Command = std::variant<Request, Ping>;

struct Message {
  MessageId id;
  /// Errors: bad_request, unknown_type, missing_field, invalid_field.
  Result<Command> command;
};

/// Decodes one text message, whose size the caller has bounded. Whatever it holds, the outcome is a
/// Message; nothing throws. The room's own limits (length of names and messages) are left to the
/// room. Thread-safe.
Message decode(std::string_view text);

}  // namespace parley::signaling::native
