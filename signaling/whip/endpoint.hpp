// WHIP (RFC 9725) below /whip/ and WHEP (draft-ietf-wish-whep) below /whep/: POST, PATCH, DELETE.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "signaling/backend.hpp"
#include "signaling/http/exchange.hpp"
#include "signaling/http/http_server.hpp"
#include "signaling/http/session_quota.hpp"
#include "signaling/whip/peer.hpp"
#include "support/glib/main_loop.hpp"

namespace parley::signaling::whip {

/// Main-bound. Its routes live as long as the router's, so it has to outlive the last request; what
/// is posted to the main loop does nothing once it is gone.
class Endpoint {
 public:
  /// Adds its routes. All that is given outlives it.
  Endpoint(http::HttpServer& server, Backend& backend, MainLoop& main_loop);
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }

 private:
  struct Session {
    Role role;
    std::shared_ptr<Peer> peer;
    http::SessionQuota::Seat seat;
    std::string etag;
    std::string ufrag;
  };

  void add_routes(http::Router& router, Role role);
  void post(http::Exchange& exchange, Role role);
  /// Why a player cannot be served just now; an empty code where it can.
  [[nodiscard]] Error playable(const RoomId& room, const std::string& wanted,
                               const Offer& offer) const;
  void open(http::Exchange& exchange, Role role, const std::string& wanted, Offer offer);
  void patch(http::Exchange& exchange, Role role);
  void remove(http::Exchange& exchange, Role role);
  /// Null, and answered with 404, where there is none.
  Session* find(http::Exchange& exchange, Role role);

  http::SessionQuota& quota_;
  const http::IceServers& ice_servers_;
  Backend& backend_;
  MainLoop& main_loop_;
  std::unordered_map<std::string, Session> sessions_;  ///< by their unguessable ids
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace parley::signaling::whip
