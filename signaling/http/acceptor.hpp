// Listening sockets, and how many connections they let in.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gio/gio.h>

#include "support/glib/main_loop.hpp"
#include "support/glib/ref.hpp"
#include "support/result.hpp"

namespace parley::signaling::http {

/// Names a client for counting: its IPv4 address or its IPv6 /64, the least a provider hands out.
std::string client_key(GInetAddress* address);

struct ConnectionLimits {
  std::size_t total = 4096;
  std::size_t per_address = 512;
  /// A TLS handshake that takes longer is given up.
  std::chrono::seconds handshake{10};
  /// A connection on which nothing moves while a read or a write waits is dropped.
  std::chrono::seconds idle{60};
};

/// Accepts connections, does the TLS and hands them on. It exists because libsoup's own listener
/// ends for good at the first failing accept() (EMFILE is enough), and cannot count. Main-bound.
class Acceptor {
 public:
  /// `stream` is a GSocketConnection, or the GTlsConnection on it with its handshake done.
  using Accepted =
      std::function<void(Ref<GIOStream> stream, GSocketAddress* local, GSocketAddress* remote)>;

  /// `host`: an IPv4 or IPv6 literal without brackets, or "localhost" for both loopbacks; "::"
  /// takes IPv4 too. Port 0: the system picks one. Errors: bad_listen_address, address_in_use,
  /// address_not_available, listen_failed; each one line with its remedy. Without `certificate`
  /// connections stay plain.
  static Result<std::unique_ptr<Acceptor>> listen(const std::string& host, std::uint16_t port,
                                                  const ConnectionLimits& limits,
                                                  Ref<GTlsCertificate> certificate,
                                                  Accepted accepted);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// The port in use, chosen by the system when 0 was asked for.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Connections that exist, whoever holds them now.
  [[nodiscard]] std::size_t connections() const;
  /// Stops listening. Connections handed on go on. Idempotent.
  void stop();

 private:
  struct Counts;
  struct Listener;
  struct Handshake;

  Acceptor(const ConnectionLimits& limits, Ref<GTlsCertificate> certificate, Accepted accepted);
  Status listen_on(const std::string& literal, std::uint16_t port);
  void watch(Listener& listener);
  bool accept_some(Listener& listener);
  void admit(Ref<GSocket> socket);
  void start_tls(Ref<GSocketConnection> connection);
  void deliver(Ref<GIOStream> stream, GSocketConnection* connection);

  ConnectionLimits limits_;
  Ref<GTlsCertificate> certificate_;
  Accepted accepted_;
  std::shared_ptr<Counts> counts_;
  Ref<GCancellable> handshakes_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::uint16_t port_ = 0;
};

}  // namespace parley::signaling::http
