// RTP header extensions: their URIs, and which belong on which m-line.
#pragma once

#include <optional>
#include <string_view>

#include "signaling/sdp/media_session.hpp"
#include "support/media.hpp"

namespace parley::sdp {

std::string_view uri_of(media::Extension extension);
std::optional<media::Extension> find_extension(std::string_view uri);

/// True where it makes sense on an m-line of this kind and the policy wants it. `receiving`: the
/// peer sends (also) on it.
bool belongs(media::Extension extension, media::Kind kind, bool receiving, const Policy& policy);

}  // namespace parley::sdp
