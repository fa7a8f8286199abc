// Reads the transport part of a server's SDP.
#pragma once

#include <optional>
#include <string_view>

#include "load/signaling/session.hpp"
#include "signaling/sdp/description.hpp"
#include "support/result.hpp"

namespace parley::load {

/// ICE credentials, candidates, fingerprints (RFC 8839, RFC 8122): those of the first m-line that
/// is not rejected, else the session's. Candidates whose address is no IP address are left out.
/// Error "bad_sdp" where one of them is missing.
Result<RemoteEnd> read_remote_end(const sdp::Description& description);

/// The value of a=setup in the same place (RFC 4145); empty without.
std::string read_setup(const sdp::Description& description);

}  // namespace parley::load
