// An Engine.IO server on HTTP: sessions over polling and WebSockets, for Socket.IO or bare.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "signaling/http/exchange.hpp"
#include "signaling/http/session_quota.hpp"
#include "signaling/socketio/engine_link.hpp"
#include "signaling/socketio/engine_request.hpp"
#include "signaling/socketio/http/channels.hpp"
#include "signaling/socketio/http/link.hpp"
#include "signaling/socketio/timers.hpp"

namespace parley::signaling::socketio {

struct GatewaySettings {
  EngineSettings engine{};
  std::size_t sessions = 4096;     ///< at once; more are answered 503
  std::size_t per_address = 1024;  ///< of one IPv4 address or IPv6 /64
  /// Counts in place of these two, where sessions of other protocols count as well. Outlives the
  /// gateway.
  http::SessionQuota* quota = nullptr;
  /// Sessions that began by polling and of which no second request came yet. A real client's comes
  /// at once; beyond this many the oldest ends, and so does one of an address that has no room
  /// left.
  std::size_t half_open = 512;
  double frames_per_second = 2000;  ///< of one WebSocket, in the long run; beyond: closed
  double frames_burst = 20000;
  /// May pages of that origin read the responses (CORS)? Any may when absent, which is safe as long
  /// as nothing rests on cookies: this server sets none.
  std::function<bool(std::string_view origin)> allow_origin{};
  /// Asked before a session begins; what it returns is told the client as error 4, Forbidden.
  std::function<std::optional<std::string>(const http::Exchange&)> forbid{};
};

/// Main-bound.
class Gateway {
 public:
  /// `timers` and whatever `accept` refers to outlive the gateway.
  Gateway(GatewaySettings settings, Accept accept, Timers& timers);
  /// Ends all sessions; their clients hear it.
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// Answers any request to Engine.IO's path, whatever its method. The body's length is to be
  /// bounded before, by EngineSettings::max_payload.
  void handle(http::Exchange& exchange);

  [[nodiscard]] std::size_t sessions() const { return links_.size(); }
  /// Ends all sessions at once, so that clients connect anew elsewhere, or later, and takes no
  /// more.
  void close_all();

 private:
  struct Entry {
    std::shared_ptr<Link> link;
    http::SessionQuota::Seat seat;
    std::string address;  ///< as the quota counts it
    std::optional<std::list<std::string>::iterator> half_open;
  };

  void allow_cross_origin(http::Exchange& exchange) const;
  void answer_preflight(http::Exchange& exchange) const;
  void open(http::Exchange& exchange, const EngineRequest& request, Query query);
  void open_on_websocket(http::Exchange& exchange, const EngineRequest& request,
                         Handshake handshake, http::SessionQuota::Seat seat);
  void upgrade(http::Exchange& exchange, const EngineRequest& request,
               const std::shared_ptr<Link>& link);
  std::shared_ptr<Link> add(Handshake handshake, std::optional<Channel> channel, bool base64,
                            http::SessionQuota::Seat seat, const std::string& address);
  void ended(const Link& link);
  void confirm(Entry& entry);
  [[nodiscard]] std::optional<http::SessionQuota::Seat> take_seat(const std::string& address);
  void end_half_open(const std::string& sid);
  [[nodiscard]] SessionState state_of(const Query& query) const;

  GatewaySettings settings_;
  Accept accept_;
  Timers& timers_;
  Channels channels_;
  http::SessionQuota own_quota_;
  http::SessionQuota& quota_;
  std::map<std::string, Entry, std::less<>> links_;  ///< by sid
  std::list<std::string> half_open_;                 ///< sids, the oldest first
  bool closed_ = false;
  std::shared_ptr<Gateway*> self_;  ///< for what libsoup calls later
};

}  // namespace parley::signaling::socketio
