// Takes the peer's answer to our offer into the session.
#pragma once

#include "signaling/sdp/description.hpp"
#include "signaling/sdp/session_state.hpp"
#include "support/result.hpp"

namespace parley::sdp {

/// Changes `state` as the answer says. On an Error the state is unusable: apply to a copy.
Result<Applied> take_answer(State& state, const Description& answer);

/// After the peer spoke of the m-line: notes whether it sends the track, and reports a change. Says
/// nothing of a track that the peer has not been told of yet.
void judge(Line& line, Applied& applied);

}  // namespace parley::sdp
