// Writes the session's m-lines and the part they share.
#pragma once

#include <string>

#include "signaling/sdp/description.hpp"
#include "signaling/sdp/session_state.hpp"

namespace parley::sdp {

/// Whose turn it is: an offer lists all the server has, an answer what both have.
enum class Role : std::uint8_t { Offer, Answer };

/// The description of all placed m-lines, as `Line::told` says them.
std::string write_session(const State& state, const LocalTransport& local, Role role);

}  // namespace parley::sdp
