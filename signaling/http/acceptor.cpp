#include "signaling/http/acceptor.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>

namespace parley::signaling::http {
namespace {

using ErrorHandle = Handle<GError, g_error_free>;

/// Accepted in one turn of the main loop, so that a flood of connections leaves time for others.
constexpr int kAcceptsPerTurn = 16;
/// How long to wait when the process is out of file descriptors.
constexpr std::chrono::milliseconds kAcceptPause{250};

Ref<GInetAddress> address_of(GSocketAddress* address) {
  return Ref<GInetAddress>::retain(
      g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)));
}

Ref<GSocketAddress> remote_of(GSocketConnection* connection) {
  return Ref<GSocketAddress>::adopt(g_socket_connection_get_remote_address(connection, nullptr));
}

Error listen_error(const std::string& where, const GError& error) {
  if (g_error_matches(&error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return {
        "address_in_use",
        "--listen " + where + ": another program has this port; stop it or choose another port"};
  if (g_error_matches(&error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return {"listen_failed", "--listen " + where +
                                 ": not permitted; ports below 1024 need root or "
                                 "CAP_NET_BIND_SERVICE, choose a higher one"};
  return {"address_not_available", "--listen " + where + ": " + error.message +
                                       "; give an address of this machine, 0.0.0.0 or [::]"};
}

/// Said to a plain connection for which there is no room; nobody waits for it to be taken.
constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\n"
    "Content-Length: 0\r\n\r\n";

}  // namespace

std::string client_key(GInetAddress* address) {
  constexpr std::size_t kPrefix = 8;  // bytes of a /64
  const auto size = g_inet_address_get_native_size(address);
  const auto* bytes = reinterpret_cast<const char*>(g_inet_address_to_bytes(address));
  return std::string(bytes, std::min<std::size_t>(size, size == 4 ? 4 : kPrefix));
}

/// Shared with every connection's end, which can come after the acceptor's.
struct Acceptor::Counts {
  std::size_t total = 0;
  std::unordered_map<std::string, std::size_t> per_address;
};

struct Acceptor::Listener {
  Ref<GSocket> socket;
  Handle<GSource, g_source_unref> source;
  Timer pause;
  Acceptor* acceptor = nullptr;

  ~Listener() {
    if (source != nullptr) g_source_destroy(source.get());
    if (socket) g_socket_close(socket.get(), nullptr);
  }
};

/// One TLS handshake under way; ends itself. The cancellable tells whether the acceptor still is.
struct Acceptor::Handshake {
  Acceptor* acceptor;
  Ref<GCancellable> cancellable;
  Ref<GSocketConnection> connection;
};

Acceptor::Acceptor(const ConnectionLimits& limits, Ref<GTlsCertificate> certificate,
                   Accepted accepted)
    : limits_(limits),
      certificate_(std::move(certificate)),
      accepted_(std::move(accepted)),
      counts_(std::make_shared<Counts>()),
      handshakes_(Ref<GCancellable>::adopt(g_cancellable_new())) {}

Acceptor::~Acceptor() {
  stop();
}

void Acceptor::stop() {
  listeners_.clear();
  g_cancellable_cancel(handshakes_.get());
}

std::size_t Acceptor::connections() const {
  return counts_->total;
}

Result<std::unique_ptr<Acceptor>> Acceptor::listen(const std::string& host, std::uint16_t port,
                                                   const ConnectionLimits& limits,
                                                   Ref<GTlsCertificate> certificate,
                                                   Accepted accepted) {
  if (certificate && !g_tls_backend_supports_tls(g_tls_backend_get_default()))
    return Error{"listen_failed", "GLib has no TLS here: install glib-networking"};
  std::unique_ptr<Acceptor> acceptor(
      new Acceptor(limits, std::move(certificate), std::move(accepted)));
  if (host != "localhost") {
    if (auto status = acceptor->listen_on(host, port); !status) return status.error();
    return acceptor;
  }
  if (auto status = acceptor->listen_on("127.0.0.1", port); !status) return status.error();
  // Machines without IPv6 have no ::1; a port that somebody else has there is an error all the
  // same.
  if (auto status = acceptor->listen_on("::1", acceptor->port_);
      !status && status.error().code == "address_in_use")
    return status.error();
  return acceptor;
}

Status Acceptor::listen_on(const std::string& literal, std::uint16_t port) {
  const std::string where =
      (literal.find(':') == std::string::npos ? literal : '[' + literal + ']') + ':' +
      std::to_string(port);
  const auto address =
      Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string(literal.c_str(), port));
  if (!address) return Error{"bad_listen_address", "--listen " + where + ": not an IP address"};
  GError* raw = nullptr;
  auto listener = std::make_unique<Listener>();
  listener->acceptor = this;
  listener->socket =
      Ref<GSocket>::adopt(g_socket_new(g_socket_address_get_family(address.get()),
                                       G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &raw));
  GSocket* socket = listener->socket.get();
  if (socket != nullptr) {
    g_socket_set_blocking(socket, FALSE);
    g_socket_set_listen_backlog(socket, 128);
    // "::" takes IPv4 as well, "::1" must not stand in the way of a 127.0.0.1 of its own.
    if (literal != "::") g_socket_set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, nullptr);
  }
  if (socket == nullptr || !g_socket_bind(socket, address.get(), TRUE, &raw) ||
      !g_socket_listen(socket, &raw)) {
    const ErrorHandle error(raw);
    return listen_error(where, *error);
  }
  const auto local = Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket, nullptr));
  port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(local.get()));
  watch(*listener);
  listeners_.push_back(std::move(listener));
  return Nothing{};
}

void Acceptor::watch(Listener& listener) {
  listener.source.reset(g_socket_create_source(listener.socket.get(), G_IO_IN, nullptr));
  const GSocketSourceFunc readable = [](GSocket*, GIOCondition, gpointer data) -> gboolean {
    auto* self = static_cast<Listener*>(data);
    return self->acceptor->accept_some(*self) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
  };
  g_source_set_callback(listener.source.get(), G_SOURCE_FUNC(readable), &listener, nullptr);
  g_source_attach(listener.source.get(), nullptr);
}

bool Acceptor::accept_some(Listener& listener) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    GError* raw = nullptr;
    auto socket = Ref<GSocket>::adopt(g_socket_accept(listener.socket.get(), nullptr, &raw));
    if (socket) {
      admit(std::move(socket));
      continue;
    }
    const ErrorHandle error(raw);
    if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) return true;
    g_warning("http: cannot accept connections: %s", error->message);
    listener.pause = Timer::once(kAcceptPause, [this, &listener] { watch(listener); });
    return false;
  }
  return true;
}

void Acceptor::admit(Ref<GSocket> socket) {
  const auto remote =
      Ref<GSocketAddress>::adopt(g_socket_get_remote_address(socket.get(), nullptr));
  if (!remote) return;  // gone already
  const std::string key = client_key(address_of(remote.get()).get());
  const auto known = counts_->per_address.find(key);
  if (counts_->total >= limits_.total ||
      (known != counts_->per_address.end() && known->second >= limits_.per_address)) {
    if (!certificate_) g_socket_send(socket.get(), kFull.data(), kFull.size(), nullptr, nullptr);
    return;
  }
  ++counts_->total;
  ++counts_->per_address[key];
  struct Slot {
    std::shared_ptr<Counts> counts;
    std::string key;
  };
  g_object_weak_ref(
      G_OBJECT(socket.get()),
      [](gpointer data, GObject*) {
        const std::unique_ptr<Slot> slot(static_cast<Slot*>(data));
        --slot->counts->total;
        const auto count = slot->counts->per_address.find(slot->key);
        if (--count->second == 0) slot->counts->per_address.erase(count);
      },
      new Slot{counts_, key});

  g_socket_set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
  auto connection =
      Ref<GSocketConnection>::adopt(g_socket_connection_factory_create_connection(socket.get()));
  if (certificate_) {
    start_tls(std::move(connection));
  } else {
    deliver(Ref<GIOStream>::retain(G_IO_STREAM(connection.get())), connection.get());
  }
}

void Acceptor::start_tls(Ref<GSocketConnection> connection) {
  g_socket_set_timeout(g_socket_connection_get_socket(connection.get()),
                       static_cast<guint>(limits_.handshake.count()));
  const auto tls = Ref<GIOStream>::adopt(
      g_tls_server_connection_new(G_IO_STREAM(connection.get()), certificate_.get(), nullptr));
  if (!tls) return;
  // Browsers cut connections without close_notify all the time.
  g_tls_connection_set_require_close_notify(G_TLS_CONNECTION(tls.get()), FALSE);
  static const std::array<const char*, 2> kProtocols{"http/1.1", nullptr};
  g_tls_connection_set_advertised_protocols(G_TLS_CONNECTION(tls.get()), kProtocols.data());
  auto* handshake = new Handshake{this, handshakes_, std::move(connection)};
  g_tls_connection_handshake_async(
      G_TLS_CONNECTION(tls.get()), G_PRIORITY_DEFAULT, handshakes_.get(),
      [](GObject* object, GAsyncResult* result, gpointer data) {
        const std::unique_ptr<Handshake> done(static_cast<Handshake*>(data));
        const bool ok =
            g_tls_connection_handshake_finish(G_TLS_CONNECTION(object), result, nullptr);
        if (!ok || g_cancellable_is_cancelled(done->cancellable.get())) return;
        done->acceptor->deliver(Ref<GIOStream>::retain(G_IO_STREAM(object)),
                                done->connection.get());
      },
      handshake);
}

void Acceptor::deliver(Ref<GIOStream> stream, GSocketConnection* connection) {
  // GSocket wakes a source that waited this long and fails its next read or write.
  g_socket_set_timeout(g_socket_connection_get_socket(connection),
                       static_cast<guint>(limits_.idle.count()));
  const auto local =
      Ref<GSocketAddress>::adopt(g_socket_connection_get_local_address(connection, nullptr));
  const auto remote = remote_of(connection);
  if (local && remote) accepted_(std::move(stream), local.get(), remote.get());
}

}  // namespace parley::signaling::http
