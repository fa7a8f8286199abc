// Writes the session's m-lines and the part they share, and the lines of a codec.
#pragma once

#include <string>

#include "signaling/sdp/description.hpp"
#include "signaling/sdp/session_state.hpp"

namespace parley::sdp {

/// Whose turn it is: an offer lists all the server has, an answer what both have.
enum class Role : std::uint8_t { Offer, Answer };

/// The description of all placed m-lines, as `Line::told` says them.
std::string write_session(const State& state, const LocalTransport& local, Role role);

/// A codec's formats, rtpmap, rtcp-fb and fmtp, and those of its retransmission (RFC 4588 8.6).
void write_codec(Section& section, const media::Codec& codec, const Feedback& feedback);

}  // namespace parley::sdp
