// /ws: owner of the native protocol's sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "signaling/backend.hpp"
#include "signaling/http/exchange.hpp"
#include "signaling/http/ws_session.hpp"

namespace parley::signaling::http {

/// Main-bound. Destroying it drops what is still open without a word to the backend.
class WsEndpoint {
 public:
  WsEndpoint(Backend& backend, const SessionLimits& limits);
  ~WsEndpoint();
  WsEndpoint(const WsEndpoint&) = delete;
  WsEndpoint& operator=(const WsEndpoint&) = delete;

  /// Answers a request for /ws: a new session, or an error (400, 426, 503 when there are too many).
  void open(Exchange& exchange);
  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }
  /// Says goodbye to all: the server goes away (1001).
  void close_all();

 private:
  void opened(Ref<GIOStream> stream, const std::string& address);
  void ended(std::uint64_t id);

  struct Entry {
    std::shared_ptr<WsSession> session;
    std::string address;
  };
  Backend& backend_;
  SessionLimits limits_;
  std::unordered_map<std::uint64_t, Entry> sessions_;
  std::unordered_map<std::string, std::size_t> per_address_;
  std::uint64_t next_ = 1;
};

}  // namespace parley::signaling::http
