// A conference for clients built on mediasoup-client, over Socket.IO: docs/mediasoup.md.
#pragma once

#include "signaling/backend.hpp"
#include "signaling/socketio/server.hpp"
#include "support/glib/main_loop.hpp"

namespace parley::signaling::mediasoup {

/// The namespace that such clients connect to.
inline constexpr const char* kNamespace = "/mediasoup";

/// Has the server's namespace "/mediasoup" served: each socket that joins a room is a participant
/// of it. All that is given outlives the sockets. Main-bound.
void serve(socketio::Server& server, Backend& backend, MainLoop& main_loop);

}  // namespace parley::signaling::mediasoup
