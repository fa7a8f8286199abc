// Words that all parts of the transport share.
#pragma once

#include <cstdint>

#include "support/time.hpp"

namespace parley::transport {

/// Never used twice while a Transport lives; 0 is nobody's.
using ConnectionId = std::uint64_t;

/// How long a peer may leave us without a valid check before nothing is sent to it (RFC 7675 5.1).
inline constexpr Duration kConsentTimeout = std::chrono::seconds(30);

}  // namespace parley::transport
