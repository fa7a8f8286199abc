// From an HTTP request to a WebSocket (RFC 6455 section 4.2).
#pragma once

#include <functional>

#include <gio/gio.h>

#include "signaling/http/exchange.hpp"
#include "support/glib/ref.hpp"

namespace parley::signaling::http {

using Opened = std::function<void(Ref<GIOStream>)>;

/// Checks the handshake and answers it: with 101, after which `opened` is called once from the main
/// loop with the bare stream; or with an error that says what is missing (400, 426). The client has
/// to offer `subprotocol`. No extension is accepted: compressed messages could not be bounded.
void upgrade_to_websocket(Exchange& exchange, const char* subprotocol, Opened opened);

/// Does the request ask for a WebSocket at all?
bool wants_websocket(const Exchange& exchange);

/// The same for protocols without a subprotocol of their own: the first that the client offers, if
/// any, is agreed to, for browsers insist on one then. What is wrong with the handshake is returned
/// and left to the caller to answer. Error: bad_handshake.
Status open_websocket(Exchange& exchange, Opened opened);

}  // namespace parley::signaling::http
