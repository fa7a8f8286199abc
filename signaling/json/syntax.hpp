// What counts as JSON here. Pure; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "support/result.hpp"

namespace parley::signaling::json {

/// The integers that every JSON implementation keeps exact (RFC 8259, section 6).
inline constexpr std::int64_t kMaxInteger = std::int64_t{1} << 53;

/// Members of one object. json-glib 1.6 looks through all of them for one that comes again, so that
/// without a limit a message of some hundred thousand bytes would hold the main thread for seconds.
inline constexpr int kMaxMembers = 256;

/// Holds `text` to RFC 8259 before json-glib sees it. json-glib 1.6 takes more than JSON (comments,
/// hexadecimal, `var x =`), recurses without a limit, cuts strings at \u0000 and wraps integers
/// that do not fit; whatever passes here, it reads as written.
///
/// Refused as well: nesting deeper than `max_depth`, objects of more than kMaxMembers, integers
/// past ±kMaxInteger, \u0000 and lone surrogates. Error: bad_request, with the byte at which it is
/// wrong.
Status check_syntax(std::string_view text, int max_depth);

}  // namespace parley::signaling::json
