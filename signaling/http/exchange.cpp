#include "signaling/http/exchange.hpp"

#include <cassert>
#include <memory>

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
  // Who asked for another protocol has no use for this connection; it would idle until it times
  // out.
  if (!header_of(message, "Upgrade").empty())
    soup_message_headers_replace(headers, "Connection", "close");
  for (const auto& [name, value] : response.headers)
    soup_message_headers_replace(headers, name.c_str(), value.c_str());
  soup_server_message_set_status(message, response.status, nullptr);
  if (!response.content_type.empty())
    soup_server_message_set_response(message, response.content_type.c_str(), SOUP_MEMORY_COPY,
                                     response.body.data(), response.body.size());
}

/// A paused message, as long as the client waits for it.
struct Pending {
  Ref<SoupServerMessage> message;
  Signal finished;
  Signal disconnected;

  void forget() {
    finished.disconnect();
    disconnected.disconnect();
    message = nullptr;
  }
};

Signal watch_end(const std::shared_ptr<Pending>& pending, const char* signal) {
  using Weak = std::weak_ptr<Pending>;
  const auto ended = +[](SoupServerMessage*, gpointer data) {
    if (const auto self = static_cast<Weak*>(data)->lock()) self->forget();
  };
  return Signal(pending->message.get(), signal, G_CALLBACK(ended), new Weak(pending),
                [](gpointer data, GClosure*) { delete static_cast<Weak*>(data); });
}

}  // namespace

Response error_response(unsigned status, const Error& error) {
  json::Writer out;
  out.object("error", [&] {
    out.field("code", error.code);
    out.field("message", error.message);
  });
  return {status, "application/json", out.text(), {{"Cache-Control", "no-store"}}};
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

void Exchange::fail(unsigned status, const Error& error) {
  const bool json = !segments_.empty() && segments_.front() == "api";
  respond(json ? error_response(status, error) : error_page(status, error.message));
}

void Exchange::respond(Response response) {
  write_response(message_, response);
}

Reply Exchange::defer() {
  auto pending = std::make_shared<Pending>();
  pending->message = Ref<SoupServerMessage>::retain(message_);
  pending->finished = watch_end(pending, "finished");
  pending->disconnected = watch_end(pending, "disconnected");
  soup_server_message_pause(message_);
  return [pending](const Response& response) {
    const Ref<SoupServerMessage> message = pending->message;
    if (!message) return;
    pending->forget();
    write_response(message.get(), response);
    soup_server_message_unpause(message.get());
  };
}

bool is_loopback(GSocketAddress* address) {
  return G_IS_INET_SOCKET_ADDRESS(address) &&
         g_inet_address_get_is_loopback(
             g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)));
}

}  // namespace parley::signaling::http
