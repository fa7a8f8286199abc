// Takes an offer of the peer's into the session.
#pragma once

#include "signaling/sdp/description.hpp"
#include "signaling/sdp/session_state.hpp"
#include "support/result.hpp"

namespace parley::sdp {

/// Changes `state` as the offer says. On an Error the state is unusable: apply to a copy.
Result<Applied> take_offer(State& state, const Description& offer);

/// Settles what our answer to it says of each m-line; write_session() then writes it.
void settle_answer(State& state);

}  // namespace parley::sdp
