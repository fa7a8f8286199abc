#include "signaling/http/ws_endpoint.hpp"

#include <utility>

#include "signaling/http/acceptor.hpp"
#include "signaling/http/upgrade.hpp"

namespace parley::signaling::http {
namespace {

constexpr const char* kSubprotocol = "parley.v1";

std::string address_of(SoupServerMessage* message) {
  GSocketAddress* remote = soup_server_message_get_remote_address(message);
  if (!G_IS_INET_SOCKET_ADDRESS(remote)) return {};
  return client_key(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(remote)));
}

}  // namespace

WsEndpoint::WsEndpoint(Backend& backend, const SessionLimits& limits)
    : backend_(backend), limits_(limits) {}

WsEndpoint::~WsEndpoint() = default;

void WsEndpoint::open(Exchange& exchange) {
  std::string address = address_of(exchange.message());
  const auto known = per_address_.find(address);
  if (sessions_.size() >= limits_.total ||
      (known != per_address_.end() && known->second >= limits_.per_address)) {
    Response response =
        error_response(503, {"too_many_sessions",
                             "Too many sessions are open, in all or from this address; try "
                             "again later"});
    response.headers.emplace_back("Retry-After", "10");
    return exchange.respond(std::move(response));
  }
  upgrade_to_websocket(exchange, kSubprotocol,
                       [this, address = std::move(address)](Ref<GIOStream> stream) {
                         opened(std::move(stream), address);
                       });
}

void WsEndpoint::opened(Ref<GIOStream> stream, const std::string& address) {
  const std::uint64_t id = next_++;
  ++per_address_[address];
  const auto session =
      std::make_shared<WsSession>(std::move(stream), limits_, backend_, [this, id] { ended(id); });
  sessions_.emplace(id, Entry{session, address});
  session->start();
}

void WsEndpoint::ended(std::uint64_t id) {
  const auto entry = sessions_.find(id);
  const auto count = per_address_.find(entry->second.address);
  if (--count->second == 0) per_address_.erase(count);
  sessions_.erase(entry);
}

void WsEndpoint::close_all() {
  for (const auto& [id, entry] : sessions_) entry.session->go_away();
}

}  // namespace parley::signaling::http
