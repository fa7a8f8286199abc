#include "signaling/socketio/http/gateway.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "signaling/http/upgrade.hpp"
#include "support/ids.hpp"

namespace parley::signaling::socketio {
namespace {

constexpr std::size_t kSidLength = 22;
/// Of a preflight's list of headers, which is repeated to the client.
constexpr std::size_t kMaxRequestHeaders = 1024;

http::WebSocketLimits websocket_limits(const GatewaySettings& settings) {
  return {.message = settings.engine.max_payload,
          .unsent = settings.engine.buffered_bytes,
          .frames_per_second = settings.frames_per_second,
          .frames_burst = settings.frames_burst,
          // Engine.IO has a heartbeat of its own.
          .ping_interval = {},
          .silence = {}};
}

void refuse(http::Exchange& exchange, const EngineError& error) {
  exchange.respond(error_response(error, error.status()));
}

std::string address_of(const http::Exchange& exchange) {
  GSocketAddress* remote = soup_server_message_get_remote_address(exchange.message());
  if (!G_IS_INET_SOCKET_ADDRESS(remote)) return {};
  const GString_ text(
      g_inet_address_to_string(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(remote))));
  return text.get();
}

Handshake handshake_of(const http::Exchange& exchange, Version version, Query query) {
  return {.sid = random_token(kSidLength),
          .version = version,
          .query = std::move(query),
          .address = address_of(exchange),
          .origin = std::string(exchange.header("Origin")),
          .authorization = std::string(exchange.header("Authorization"))};
}

}  // namespace

Gateway::Gateway(GatewaySettings settings, Accept accept, Timers& timers)
    : settings_(std::move(settings)),
      accept_(std::move(accept)),
      timers_(timers),
      channels_(websocket_limits(settings_)),
      own_quota_(settings_.sessions, settings_.per_address),
      quota_(settings_.quota == nullptr ? own_quota_ : *settings_.quota),
      self_(std::make_shared<Gateway*>(this)) {}

Gateway::~Gateway() {
  close_all();
}

void Gateway::close_all() {
  closed_ = true;
  std::vector<std::shared_ptr<Link>> links;
  for (const auto& [sid, entry] : links_) links.push_back(entry.link);
  for (const auto& link : links) link->shut_down();
}

// --- Requests
// -------------------------------------------------------------------------------------

void Gateway::handle(http::Exchange& exchange) {
  timers_.run();  // what timed out by now is gone, whether the main loop came to it or not
  allow_cross_origin(exchange);
  if (exchange.method() == "OPTIONS") return answer_preflight(exchange);
  if (exchange.body().size() > settings_.engine.max_payload)
    return exchange.respond(
        error_response({EngineErrorCode::BadRequest, "The payload is too large"}, 413));
  Query query = parse_query(exchange.query());
  const auto asked =
      classify(exchange.method(), query, http::wants_websocket(exchange), state_of(query));
  if (const auto* error = std::get_if<EngineError>(&asked)) return refuse(exchange, *error);
  const auto& request = std::get<EngineRequest>(asked);
  if (request.sid.empty()) return open(exchange, request, std::move(query));

  Entry& entry = links_.at(request.sid);
  const auto link = entry.link;
  confirm(entry);
  if (request.kind == RequestKind::Poll) return link->wait(exchange);
  if (request.kind == RequestKind::Post) return link->post(exchange);
  upgrade(exchange, request, link);
}

SessionState Gateway::state_of(const Query& query) const {
  const auto sid = query.find("sid");
  const auto entry = sid == query.end() ? links_.end() : links_.find(sid->second);
  if (entry == links_.end()) return SessionState::Unknown;
  return entry->second.link->polling() ? SessionState::Polling : SessionState::OnWebSocket;
}

void Gateway::open(http::Exchange& exchange, const EngineRequest& request, Query query) {
  if (const auto why = settings_.forbid ? settings_.forbid(exchange) : std::nullopt)
    return refuse(exchange, {EngineErrorCode::Forbidden, *why});
  const std::string address = exchange.client_key();
  auto seat = take_seat(address);
  if (!seat) {
    auto response = error_response({EngineErrorCode::Forbidden, "Too many sessions"}, 503);
    response.headers.emplace_back("Retry-After", "10");
    return exchange.respond(std::move(response));
  }
  Handshake handshake = handshake_of(exchange, request.version, std::move(query));
  if (request.kind == RequestKind::OpenWebSocket)
    return open_on_websocket(exchange, request, std::move(handshake), std::move(*seat));

  const auto link =
      add(std::move(handshake), std::nullopt, request.base64, std::move(*seat), address);
  Entry& entry = links_.at(link->handshake().sid);
  entry.half_open = half_open_.insert(half_open_.end(), link->handshake().sid);
  link->wait(exchange);
  link->begin(accept_);
  if (half_open_.size() > settings_.half_open) end_half_open(half_open_.front());
}

void Gateway::open_on_websocket(http::Exchange& exchange, const EngineRequest& request,
                                Handshake handshake, http::SessionQuota::Seat seat) {
  // std::function wants what it holds to be copyable.
  const auto held = std::make_shared<http::SessionQuota::Seat>(std::move(seat));
  const auto opened = [self = std::weak_ptr(self_), base64 = request.base64,
                       handshake = std::move(handshake), held](Ref<GIOStream> stream) {
    const auto alive = self.lock();
    if (!alive || (*alive)->closed_) return;  // the stream closes
    Gateway& gateway = **alive;
    const Channel channel = gateway.channels_.next();
    const auto link = gateway.add(handshake, channel, base64, std::move(*held), {});
    gateway.channels_.open(std::move(stream), link);
    link->begin(gateway.accept_);
  };
  const Status status = http::open_websocket(exchange, opened);
  if (!status) refuse(exchange, {EngineErrorCode::BadRequest, status.error().message});
}

void Gateway::upgrade(http::Exchange& exchange, const EngineRequest& request,
                      const std::shared_ptr<Link>& link) {
  const auto opened = [self = std::weak_ptr(self_), base64 = request.base64,
                       weak = std::weak_ptr(link)](Ref<GIOStream> stream) {
    const auto alive = self.lock();
    const auto there = weak.lock();
    if (!alive || !there) return;
    Channels& channels = (*alive)->channels_;
    const Channel channel = channels.next();
    channels.open(std::move(stream), there);
    there->channel_opened(channel, base64);
  };
  const Status status = http::open_websocket(exchange, opened);
  if (!status) refuse(exchange, {EngineErrorCode::BadRequest, status.error().message});
}

// --- The sessions that there are
// --------------------------------------------------------------------

/// Whoever opens sessions and leaves them keeps nobody out, not even others behind its address.
std::optional<http::SessionQuota::Seat> Gateway::take_seat(const std::string& address) {
  if (closed_) return std::nullopt;
  auto seat = quota_.take(address);
  if (seat) return seat;
  const auto oldest = std::find_if(
      half_open_.begin(), half_open_.end(),
      [&](const std::string& sid) { return links_.find(sid)->second.address == address; });
  if (oldest == half_open_.end()) return std::nullopt;
  end_half_open(*oldest);
  return quota_.take(address);
}

void Gateway::end_half_open(const std::string& sid) {
  const auto link = links_.find(sid)->second.link;
  spdlog::debug("socket.io: session {} never went on", sid);
  link->shut_down();
}

std::shared_ptr<Link> Gateway::add(Handshake handshake, std::optional<Channel> channel, bool base64,
                                   http::SessionQuota::Seat seat, const std::string& address) {
  const std::string sid = handshake.sid;
  auto link = std::make_shared<Link>(std::move(handshake), channel, base64,
                                     Link::Surroundings{settings_.engine, channels_, timers_,
                                                        [this](const Link& gone) { ended(gone); }});
  links_.emplace(sid, Entry{link, std::move(seat), address, std::nullopt});
  return link;
}

void Gateway::ended(const Link& link) {
  const auto entry = links_.find(link.handshake().sid);
  confirm(entry->second);
  links_.erase(entry);
}

/// It is, or no longer needs to be, more than half open.
void Gateway::confirm(Entry& entry) {
  if (entry.half_open) half_open_.erase(*entry.half_open);
  entry.half_open.reset();
}

// --- CORS (Fetch standard, section 3.2)
// -------------------------------------------------------------

void Gateway::allow_cross_origin(http::Exchange& exchange) const {
  const std::string origin(exchange.header("Origin"));
  if (origin.empty() || (settings_.allow_origin && !settings_.allow_origin(origin))) return;
  SoupMessageHeaders* headers = soup_server_message_get_response_headers(exchange.message());
  soup_message_headers_replace(headers, "Access-Control-Allow-Origin", origin.c_str());
  // Clients may ask for requests with credentials, and then get no "*"; there are none to abuse.
  soup_message_headers_replace(headers, "Access-Control-Allow-Credentials", "true");
  soup_message_headers_append(headers, "Vary", "Origin");
}

void Gateway::answer_preflight(http::Exchange& exchange) const {
  http::Response response{204, {}, {}, {{"Allow", "GET, POST, OPTIONS"}}};
  const std::string_view wanted = exchange.header("Access-Control-Request-Headers");
  if (!exchange.header("Origin").empty()) {
    response.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST");
    response.headers.emplace_back("Access-Control-Max-Age", "600");
    if (!wanted.empty() && wanted.size() <= kMaxRequestHeaders)
      response.headers.emplace_back("Access-Control-Allow-Headers", std::string(wanted));
  }
  exchange.respond(std::move(response));
}

}  // namespace parley::signaling::socketio
