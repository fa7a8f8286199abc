#include "signaling/http/upgrade.hpp"

#include <string>
#include <utility>

namespace parley::signaling::http {
namespace {

using Opened = std::function<void(Ref<GIOStream>)>;

bool offers(SoupMessageHeaders* headers, const char* subprotocol) {
  return soup_message_headers_header_contains(headers, "Sec-WebSocket-Protocol", subprotocol);
}

void hand_over(SoupServerMessage* message, gpointer data) {
  // Copied, for stealing the connection ends the message and with it `data`.
  const Opened opened = *static_cast<Opened*>(data);
  auto stream = Ref<GIOStream>::adopt(soup_server_message_steal_connection(message));
  if (stream) opened(std::move(stream));
}

Response upgrade_required(const char* subprotocol) {
  Response response = error_response(
      426, {"upgrade_required",
            std::string("This is a WebSocket: connect with the subprotocol ") + subprotocol});
  response.headers.emplace_back("Upgrade", "websocket");
  response.headers.emplace_back("Connection", "Upgrade");
  response.headers.emplace_back("Sec-WebSocket-Version", "13");
  return response;
}

}  // namespace

void upgrade_to_websocket(Exchange& exchange, const char* subprotocol, Opened opened) {
  SoupServerMessage* message = exchange.message();
  SoupMessageHeaders* headers = soup_server_message_get_request_headers(message);
  if (!soup_message_headers_header_equals(headers, "Upgrade", "websocket"))
    return exchange.respond(upgrade_required(subprotocol));
  if (!offers(headers, subprotocol))
    return exchange.respond(error_response(
        400, {"subprotocol_required", std::string("Offer the subprotocol ") + subprotocol +
                                          " (Sec-WebSocket-Protocol): new WebSocket(url, \"" +
                                          subprotocol + "\")"}));
  std::string protocol = subprotocol;
  char* protocols[] = {protocol.data(), nullptr};
  GError* raw = nullptr;
  if (!soup_websocket_server_check_handshake(message, nullptr, protocols, nullptr, &raw)) {
    const Handle<GError, g_error_free> error(raw);
    Response response = error_response(400, {"bad_handshake", error->message});
    response.headers.emplace_back("Sec-WebSocket-Version", "13");
    return exchange.respond(std::move(response));
  }
  soup_websocket_server_process_handshake(message, nullptr, protocols, nullptr, nullptr);
  g_signal_connect_data(
      message, "wrote-informational", G_CALLBACK(hand_over), new Opened(std::move(opened)),
      [](gpointer data, GClosure*) { delete static_cast<Opened*>(data); }, GConnectFlags(0));
}

}  // namespace parley::signaling::http
