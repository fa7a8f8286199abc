// From an HTTP request to a WebSocket (RFC 6455 section 4.2).
#pragma once

#include <functional>

#include <gio/gio.h>

#include "signaling/http/exchange.hpp"
#include "support/glib/ref.hpp"

namespace parley::signaling::http {

/// Checks the handshake and answers it: with 101, after which `opened` is called once from the main
/// loop with the bare stream; or with an error that says what is missing (400, 426). The client has
/// to offer `subprotocol`. No extension is accepted: compressed messages could not be bounded.
void upgrade_to_websocket(Exchange& exchange, const char* subprotocol,
                          std::function<void(Ref<GIOStream>)> opened);

}  // namespace parley::signaling::http
