// A PeerJS client's message: JSON text to a value. Pure; thread-safe.
#pragma once

#include <string_view>

#include "signaling/peerjs/relay.hpp"
#include "support/result.hpp"

namespace parley::signaling::peerjs {

/// The caller bounds the text. Errors: bad_request, missing_field, invalid_field.
Result<Message> decode(std::string_view text);

}  // namespace parley::signaling::peerjs
