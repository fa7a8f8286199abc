#include "signaling/http/ws_endpoint.hpp"

#include <utility>

#include "signaling/http/upgrade.hpp"

namespace parley::signaling::http {
namespace {

constexpr const char* kSubprotocol = "parley.v1";

}  // namespace

WsEndpoint::WsEndpoint(Backend& backend, const SessionLimits& limits, SessionQuota& quota,
                       const IceServers& ice_servers)
    : backend_(backend), limits_(limits), quota_(quota), ice_servers_(ice_servers) {}

WsEndpoint::~WsEndpoint() = default;

void WsEndpoint::open(Exchange& exchange) {
  auto seat = quota_.take(exchange.client_key());
  if (!seat) return exchange.respond(too_many_sessions());
  // std::function wants what it holds to be copyable.
  const auto held = std::make_shared<SessionQuota::Seat>(std::move(*seat));
  upgrade_to_websocket(exchange, kSubprotocol,
                       [this, held](Ref<GIOStream> stream) { opened(std::move(stream), held); });
}

void WsEndpoint::opened(Ref<GIOStream> stream, std::shared_ptr<SessionQuota::Seat> seat) {
  const std::uint64_t id = next_++;
  const auto session = std::make_shared<WsSession>(std::move(stream), limits_, ice_servers_,
                                                   backend_, [this, id] { sessions_.erase(id); });
  sessions_.emplace(id, Entry{session, std::move(seat)});
  session->start();
}

void WsEndpoint::close_all() {
  for (const auto& [id, entry] : sessions_) entry.session->go_away();
}

}  // namespace parley::signaling::http
