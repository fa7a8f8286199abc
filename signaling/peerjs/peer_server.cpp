#include "signaling/peerjs/peer_server.hpp"

#include <utility>

#include <libsoup/soup.h>

#include "signaling/http/exchange.hpp"
#include "signaling/http/upgrade.hpp"
#include "signaling/json/writer.hpp"
#include "signaling/peerjs/message.hpp"

namespace parley::signaling::peerjs {
namespace {

using http::Access;
using http::Exchange;
using http::Response;

constexpr const char* kKey = "peerjs";  // the key of clients that were given none
constexpr std::size_t kMaxToken = 128;

http::WebSocketLimits socket_limits() {
  http::WebSocketLimits limits;
  limits.message = 64 * 1024;
  limits.unsent = 1024 * 1024;
  return limits;
}

/// Pages of any origin use it: it knows of nothing but the ids they chose themselves.
void respond(Exchange& exchange, Response response) {
  if (const auto origin = exchange.header("Origin"); !origin.empty()) {
    response.headers.emplace_back("Access-Control-Allow-Origin", origin);
    response.headers.emplace_back("Vary", "Origin");
  }
  response.headers.emplace_back("Cache-Control", "no-store");
  exchange.respond(std::move(response));
}

void describe(Exchange& exchange) {
  json::Writer out;
  out.field("name", "PeerJS Server");
  out.field("description", "Introduces PeerJS clients to each other; part of Parley.");
  out.field("website", "https://peerjs.com/");
  respond(exchange, {200, "application/json", out.text(), {}});
}

void make_id(Exchange& exchange) {
  const GString_ id(g_uuid_string_random());
  respond(exchange, {200, "text/plain; charset=utf-8", id.get(), {}});
}

}  // namespace

PeerServer::PeerServer(http::SessionQuota& quota)
    : quota_(quota),
      relay_({[this](Relay::Session to, const std::string& text) {
                if (const auto it = connections_.find(to); it != connections_.end())
                  it->second.socket->send(text);
              },
              [this](Relay::Session session) { close(session); }}),
      ticker_(Timer::every(std::chrono::seconds(1), [this] { relay_.tick(now()); })) {}

PeerServer::~PeerServer() = default;

void PeerServer::add_routes(http::Router& router, const std::string& path) {
  router.add("GET", path, Access::Public, describe);
  if (path.size() > 1) router.add("GET", path.substr(0, path.size() - 1), Access::Public, describe);
  router.add("GET", path + "{key}/id", Access::Public, make_id);
  router.add("GET", path + "{key}/peers", Access::Public, [](Exchange& exchange) {
    respond(exchange,
            http::error_response(401, {"unauthorized", "This server does not tell who is there."}));
  });
  router.add("GET", path + "peerjs", Access::Public,
             [this](Exchange& exchange) { open(exchange); });
}

void PeerServer::open(Exchange& exchange) {
  auto seat = quota_.take(exchange.client_key());
  if (!seat) return exchange.respond(http::too_many_sessions());
  // std::function wants what it holds to be copyable.
  const auto held = std::make_shared<http::SessionQuota::Seat>(std::move(*seat));
  const Status opened = http::open_websocket(
      exchange, [this, held, query = std::string(exchange.query())](Ref<GIOStream> stream) {
        this->opened(std::move(stream), std::move(*held), query);
      });
  if (!opened) respond(exchange, http::error_response(400, opened.error()));
}

void PeerServer::opened(Ref<GIOStream> stream, http::SessionQuota::Seat seat,
                        const std::string& query) {
  const Relay::Session session = next_++;
  http::WebSocket::Handlers handlers;
  handlers.text = [this, session](std::string_view text) {
    if (const auto message = decode(text)) relay_.receive(session, *message, now());
  };
  handlers.ended = [this, session](const http::WebSocket::Ended&) {
    relay_.closed(session);
    connections_.erase(session);
  };
  auto socket =
      std::make_unique<http::WebSocket>(std::move(stream), socket_limits(), std::move(handlers));
  connections_.emplace(session, Connection{std::move(socket), std::move(seat)});
  introduce(session, query);
}

void PeerServer::introduce(Relay::Session session, const std::string& query) {
  const std::string id = http::query_value(query, "id");
  const std::string token = http::query_value(query, "token");
  const std::string key = http::query_value(query, "key");
  const auto refuse = [&](const char* why) {
    connections_.at(session).socket->send(error_message(why));
    close(session);
  };
  if (id.empty() || token.empty() || key.empty())
    return refuse("No id, token, or key supplied to websocket server");
  if (key != kKey) return refuse("Invalid key provided");
  if (!is_peer_id(id)) return refuse("Invalid id provided");
  if (token.size() > kMaxToken) return refuse("Invalid token provided");
  relay_.connect(session, id, token, now());
}

void PeerServer::close(Relay::Session session) {
  if (const auto it = connections_.find(session); it != connections_.end())
    it->second.socket->close(http::close_code::kNormal, {});
}

void PeerServer::close_all() {
  for (const auto& [session, connection] : connections_)
    connection.socket->close(http::close_code::kGoingAway, "the server stops");
}

}  // namespace parley::signaling::peerjs
