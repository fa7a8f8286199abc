// Listens to the DTLS elements inside a webrtcbin: keys, the peer's certificate, states.
#pragma once

#include <gst/gst.h>

#include "pipelines/session_events.hpp"
#include "support/glib/signal.hpp"

namespace parley::pipelines {

/// From now on reports on_key() and on_dtls_state(). To be called before webrtcbin has negotiated
/// anything, for its DTLS elements are seen as they are added. Watching them ends with them.
[[nodiscard]] Signal watch_dtls(GstElement* webrtcbin, const Postbox& postbox);

}  // namespace parley::pipelines
