#include "signaling/http/upgrade.hpp"

#include <array>
#include <string>
#include <utility>

namespace parley::signaling::http {
namespace {

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

/// Answers with 101 when the handshake is in order. `protocol` may be empty.
Status handshake(SoupServerMessage* message, std::string protocol, Opened opened) {
  std::array<char*, 2> protocols{protocol.data(), nullptr};
  char** agreed = protocol.empty() ? nullptr : protocols.data();
  GError* raw = nullptr;
  if (!soup_websocket_server_check_handshake(message, nullptr, agreed, nullptr, &raw)) {
    const Handle<GError, g_error_free> error(raw);
    return Error{"bad_handshake", error->message};
  }
  soup_websocket_server_process_handshake(message, nullptr, agreed, nullptr, nullptr);
  g_signal_connect_data(
      message, "wrote-informational", G_CALLBACK(hand_over), new Opened(std::move(opened)),
      [](gpointer data, GClosure*) { delete static_cast<Opened*>(data); }, GConnectFlags(0));
  return Nothing{};
}

}  // namespace

void upgrade_to_websocket(Exchange& exchange, const char* subprotocol, Opened opened) {
  SoupServerMessage* message = exchange.message();
  SoupMessageHeaders* headers = soup_server_message_get_request_headers(message);
  if (!wants_websocket(exchange)) return exchange.respond(upgrade_required(subprotocol));
  if (!offers(headers, subprotocol))
    return exchange.respond(error_response(
        400, {"subprotocol_required", std::string("Offer the subprotocol ") + subprotocol +
                                          " (Sec-WebSocket-Protocol): new WebSocket(url, \"" +
                                          subprotocol + "\")"}));
  const Status done = handshake(message, subprotocol, std::move(opened));
  if (done) return;
  Response response = error_response(400, done.error());
  response.headers.emplace_back("Sec-WebSocket-Version", "13");
  exchange.respond(std::move(response));
}

bool wants_websocket(const Exchange& exchange) {
  return soup_message_headers_header_equals(
      soup_server_message_get_request_headers(exchange.message()), "Upgrade", "websocket");
}

Status open_websocket(Exchange& exchange, Opened opened) {
  const std::string_view offered = exchange.header("Sec-WebSocket-Protocol");
  const std::string first(offered.substr(0, offered.find(',')));
  return handshake(exchange.message(), first, std::move(opened));
}

}  // namespace parley::signaling::http
