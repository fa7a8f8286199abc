// Which of a subscriber's codecs can carry a publisher's packets unchanged.
#pragma once

#include <vector>

#include "support/media.hpp"

namespace parley::forwarding {

/// The codec in `decodable` that takes what `sent` produces, or null. Names must be equal; beyond
/// that H.264 needs a packetization-mode no lower (RFC 6184 8.1) and the same profile, VP9 (RFC
/// 9628 6) and AV1 the same profile. Absent parameters have their standard defaults.
[[nodiscard]] const media::Codec* find_compatible(const std::vector<media::Codec>& decodable,
                                                  const media::Codec& sent);

}  // namespace parley::forwarding
