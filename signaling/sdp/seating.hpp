// Which m-line carries which track to the peer.
#pragma once

#include <string_view>

#include "signaling/sdp/session_state.hpp"

namespace parley::sdp {

/// Finds or plans a slot for a track of a publisher's source, see MediaSession::attach(). The
/// source keeps the seat it has; else it gets a free one, if there is one with a slot of the kind,
/// preferably one that served the same sort of source ("…/camera", "…/screen") and so has the slots
/// it needs. Where no m-line may be added it gets any free slot, whose stream is then not its own;
/// null when there is none.
Line* seat_track(State& state, const TrackId& track, media::Kind kind, std::string_view seat);

}  // namespace parley::sdp
