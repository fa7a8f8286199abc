// The peer's one transport: BUNDLE, ICE credentials, certificate fingerprints, DTLS role.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "signaling/sdp/description.hpp"
#include "signaling/sdp/media_session.hpp"
#include "support/result.hpp"

namespace parley::sdp {

/// The mids of the first BUNDLE group (RFC 9143), in order. Error "bad_sdp" without one: all media
/// shares a single port here.
Result<std::vector<std::string>> read_bundle(const Description& description);

/// Reads the transport of the group whose first section is `tagged`; what it lacks holds for the
/// whole session (RFC 8829 5.8). `data_channel` is left to the caller. Error "bad_sdp" names what
/// is missing, or that the peer wants to be ICE-lite or the DTLS server, which this end is.
Result<RemoteTransport> read_transport(const Description& description, const Section& tagged);

/// "sha-256 AB:CD:…" (RFC 8122 section 5).
bool is_fingerprint(std::string_view text);

}  // namespace parley::sdp
