#include "signaling/http/exchange.hpp"

#include <cassert>
#include <memory>
#include <utility>

#include "signaling/http/acceptor.hpp"
#include "signaling/http/hangup.hpp"
#include "signaling/json/writer.hpp"
#include "support/glib/signal.hpp"

namespace parley::signaling::http {
namespace {

std::string_view header_of(SoupServerMessage* message, const char* name) {
  const char* value =
      soup_message_headers_get_one(soup_server_message_get_request_headers(message), name);
  return value == nullptr ? std::string_view() : value;
}

void write_response(SoupServerMessage* message, const Response& response) {
  SoupMessageHeaders* headers = soup_server_message_get_response_headers(message);
  // RFC 9110 section 8.3: without it browsers guess, and guessing runs uploads as scripts.
  soup_message_headers_replace(headers, "X-Content-Type-Options", "nosniff");
  // RFC 9112 section 9.6. libsoup closes then, but does not say so, and clients that keep
  // connections use one that is about to go. Who asked for another protocol has no use for this
  // connection either; it would idle until it times out.
  const bool closes = soup_message_headers_header_contains(
      soup_server_message_get_request_headers(message), "Connection", "close");
  if (closes || !header_of(message, "Upgrade").empty())
    soup_message_headers_replace(headers, "Connection", "close");
  for (const auto& [name, value] : response.headers)
    soup_message_headers_replace(headers, name.c_str(), value.c_str());
  soup_server_message_set_status(message, response.status, nullptr);
  if (!response.content_type.empty())
    soup_server_message_set_response(message, response.content_type.c_str(), SOUP_MEMORY_COPY,
                                     response.body.data(), response.body.size());
}

constexpr const char* kSocketKey = "parley-socket";

/// A paused message, as long as the client waits for it.
struct Pending {
  Ref<SoupServerMessage> message;
  Signal finished;
  Signal disconnected;
  HangupWatch hangup;
  std::function<void()> gone;

  void forget() {
    finished.disconnect();
    disconnected.disconnect();
    hangup = HangupWatch();
    message = nullptr;
  }
  void lost() {
    forget();
    if (const auto tell = std::exchange(gone, nullptr)) tell();
  }
};

Signal watch_end(const std::shared_ptr<Pending>& pending, const char* signal) {
  using Weak = std::weak_ptr<Pending>;
  const auto ended = +[](SoupServerMessage*, gpointer data) {
    if (const auto self = static_cast<Weak*>(data)->lock()) self->lost();
  };
  return Signal(pending->message.get(), signal, G_CALLBACK(ended), new Weak(pending),
                [](gpointer data, GClosure*) { delete static_cast<Weak*>(data); });
}

void watch_hangup(const std::shared_ptr<Pending>& pending) {
  auto* known = static_cast<GWeakRef*>(g_object_get_data(
      G_OBJECT(soup_server_message_get_remote_address(pending->message.get())), kSocketKey));
  if (known == nullptr) return;
  const auto socket = Ref<GSocket>::adopt(static_cast<GSocket*>(g_weak_ref_get(known)));
  if (!socket) return;
  pending->hangup = HangupWatch(socket.get(), [weak = std::weak_ptr<Pending>(pending)] {
    const auto self = weak.lock();
    if (!self || !self->message) return;
    const Ref<SoupServerMessage> message = self->message;
    self->lost();
    // Whatever is written now, libsoup notices that nobody takes it and lets the connection go.
    soup_server_message_set_status(message.get(), SOUP_STATUS_REQUEST_TIMEOUT, nullptr);
    soup_server_message_unpause(message.get());
  });
}

}  // namespace

Response json_response(unsigned status, std::string body) {
  return {status, "application/json", std::move(body), {{"Cache-Control", "no-store"}}};
}

Response error_response(unsigned status, const Error& error) {
  json::Writer out;
  out.object("error", [&] {
    out.field("code", error.code);
    out.field("message", error.message);
  });
  return json_response(status, out.text());
}

Response error_page(unsigned status, std::string_view message) {
  const GString_ text(g_markup_escape_text(message.data(), static_cast<gssize>(message.size())));
  const std::string reason = soup_status_get_phrase(status);
  return {status,
          "text/html; charset=utf-8",
          "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
          "<meta name=\"viewport\" content=\"width=device-width\"><title>" +
              reason + "</title><h1>" + reason + "</h1><p>" + text.get() +
              "</p><p><a href=\"/\">Open a new room</a></p></html>\n",
          {{"Cache-Control", "no-store"}, {"Content-Security-Policy", "default-src 'none'"}}};
}

std::string query_value(std::string_view query, const char* name) {
  const Handle<GHashTable, g_hash_table_unref> form(soup_form_decode(std::string(query).c_str()));
  const auto* value = static_cast<const char*>(g_hash_table_lookup(form.get(), name));
  return value == nullptr ? std::string() : value;
}

Exchange::Exchange(SoupServerMessage* message, std::vector<std::string> segments)
    : message_(message),
      segments_(std::move(segments)),
      body_(soup_message_body_flatten(soup_server_message_get_request_body(message))) {}

std::string_view Exchange::method() const {
  return soup_server_message_get_method(message_);
}

const std::string& Exchange::parameter(std::string_view name) const {
  const auto found = parameters_.find(name);
  assert(found != parameters_.end());
  return found->second;
}

std::string_view Exchange::header(const char* name) const {
  return header_of(message_, name);
}

std::string_view Exchange::body() const {
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(body_.get(), &size));
  return {data, size};
}

Caller Exchange::caller() const {
  return {.loopback = is_loopback(soup_server_message_get_remote_address(message_)),
          .forwarded = !header("X-Forwarded-For").empty() || !header("Forwarded").empty(),
          .host = header("Host"),
          .origin = header("Origin"),
          .fetch_site = header("Sec-Fetch-Site"),
          .authorization = header("Authorization")};
}

std::string Exchange::client_key() const {
  GSocketAddress* remote = soup_server_message_get_remote_address(message_);
  if (!G_IS_INET_SOCKET_ADDRESS(remote)) return {};
  return http::client_key(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(remote)));
}

void Exchange::fail(unsigned status, const Error& error) {
  const bool json = !segments_.empty() && segments_.front() == "api";
  respond(json ? error_response(status, error) : error_page(status, error.message));
}

void Exchange::respond(Response response) {
  write_response(message_, response);
}

std::string_view Exchange::query() const {
  const char* query = g_uri_get_query(soup_server_message_get_uri(message_));
  return query == nullptr ? std::string_view() : query;
}

Reply Exchange::defer(std::function<void()> gone) {
  auto pending = std::make_shared<Pending>();
  pending->message = Ref<SoupServerMessage>::retain(message_);
  pending->finished = watch_end(pending, "finished");
  pending->disconnected = watch_end(pending, "disconnected");
  if (gone) {
    pending->gone = std::move(gone);
    watch_hangup(pending);
  }
  soup_server_message_pause(message_);
  return [pending](const Response& response) {
    const Ref<SoupServerMessage> message = pending->message;
    if (!message) return;
    pending->forget();
    pending->gone = nullptr;
    write_response(message.get(), response);
    soup_server_message_unpause(message.get());
  };
}

void remember_socket(GSocketAddress* remote, GIOStream* stream) {
  GIOStream* base = stream;
  if (G_IS_TLS_CONNECTION(stream)) {
    g_object_get(stream, "base-io-stream", &base, nullptr);
    g_object_unref(base);  // the TLS connection holds it
  }
  if (!G_IS_SOCKET_CONNECTION(base)) return;
  GSocket* socket = g_socket_connection_get_socket(G_SOCKET_CONNECTION(base));
  // Weakly, for a stream that is dropped closes its socket only when nobody else holds it.
  auto* weak = new GWeakRef;
  g_weak_ref_init(weak, socket);
  g_object_set_data_full(G_OBJECT(remote), kSocketKey, weak, [](gpointer data) {
    auto* ref = static_cast<GWeakRef*>(data);
    g_weak_ref_clear(ref);
    delete ref;
  });
}

bool is_loopback(GSocketAddress* address) {
  return G_IS_INET_SOCKET_ADDRESS(address) &&
         g_inet_address_get_is_loopback(
             g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)));
}

}  // namespace parley::signaling::http
