// An HTTP(S) server: what it takes in is bounded, what it is asked goes to one handler.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include <libsoup/soup.h>

#include "signaling/http/acceptor.hpp"
#include "signaling/http/exchange.hpp"
#include "signaling/http/request_limits.hpp"
#include "support/glib/main_loop.hpp"
#include "support/result.hpp"
#include "support/time.hpp"

namespace parley::signaling::http {

struct ListenerOptions {
  std::string host = "127.0.0.1";      ///< an IP literal without brackets, or "localhost"
  std::uint16_t port = 0;              ///< 0: the system picks one
  Ref<GTlsCertificate> certificate{};  ///< null for plain HTTP
  BodyLimits body{};
  ConnectionLimits connections{};
};

/// Runs on the default main context. Main-bound.
class HttpListener {
 public:
  /// The exchange's path is split and decoded; paths that no server may serve were refused before.
  using Handler = std::function<void(Exchange&)>;

  /// Listens when it returns. Errors: those of Acceptor::listen.
  static Result<std::unique_ptr<HttpListener>> start(ListenerOptions options, Handler handler);
  ~HttpListener();
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  [[nodiscard]] std::uint16_t port() const { return acceptor_->port(); }
  /// Where a browser on this machine finds it: "http://127.0.0.1:8080/".
  [[nodiscard]] std::string url() const;
  /// Stops listening and ends HTTP connections, not those that were taken over. Idempotent.
  void stop();

 private:
  HttpListener(ListenerOptions options, Handler handler);
  void listen_for_libsoup();
  void accepted(Ref<GIOStream> stream, GSocketAddress* local, GSocketAddress* remote);
  void take_in();
  void handle(SoupServerMessage* message);

  struct Arrival {
    Ref<GIOStream> stream;
    Ref<GSocketAddress> local;
    Ref<GSocketAddress> remote;
    Time ready;
  };

  ListenerOptions options_;
  Handler handler_;
  Ref<SoupServer> soup_;
  std::unique_ptr<Acceptor> acceptor_;
  std::deque<Arrival> arrivals_;
  Timer take_in_timer_;
  std::array<Ref<GSocket>, 2> keep_alive_;
};

}  // namespace parley::signaling::http
