// Checks of what people type: names and messages.
#pragma once

#include <cstddef>
#include <string_view>

#include "support/result.hpp"

namespace parley::rooms {

/// A display name: UTF-8 (RFC 3629) without control characters, not blank, at most `limit` code
/// points. Errors: invalid_field, name_too_long.
Status check_name(std::string_view name, std::size_t limit);

/// A chat message: as a name, but with tabs and line breaks. Errors: invalid_field, empty_message,
/// message_too_long.
Status check_message(std::string_view text, std::size_t limit);

}  // namespace parley::rooms
