// What a WHIP or WHEP client's offer asks for, before anybody joins for it. Pure; thread-safe.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "support/media.hpp"
#include "support/result.hpp"

namespace parley::signaling::whip {

/// WHIP (RFC 9725) brings media in, WHEP (draft-ietf-wish-whep) plays it.
enum class Role : std::uint8_t { Ingest, Playback };

struct Offer {
  /// Codecs of the m-line of each kind that counts for the role; empty without one.
  std::array<std::vector<media::CodecName>, 2> codecs;
  std::string ufrag;  ///< of its ICE; another one later asks for a restart

  [[nodiscard]] const std::vector<media::CodecName>& of(media::Kind kind) const {
    return codecs[static_cast<std::size_t>(kind)];
  }
};

/// Errors: bad_sdp; too_many_tracks: more than one m-line of a kind sends (RFC 9725 4.4.1);
/// nothing_to_publish, nothing_to_play: no m-line of the role's direction.
Result<Offer> read_offer(Role role, std::string_view sdp);

}  // namespace parley::signaling::whip
