#include "signaling/mediasoup/application.hpp"

#include <memory>

#include "signaling/mediasoup/session.hpp"

namespace parley::signaling::mediasoup {

void serve(socketio::Server& server, Backend& backend, MainLoop& main_loop) {
  const Context context{backend, main_loop, std::make_shared<Directory>()};
  server.of(kNamespace).on_connection([context](socketio::Socket& socket) {
    std::make_shared<Session>(context, socket)->start();
  });
}

}  // namespace parley::signaling::mediasoup
