#include "signaling/http/request_limits.hpp"

#include <string>

#include "signaling/http/exchange.hpp"
#include "support/glib/ref.hpp"

namespace parley::signaling::http {
namespace {

/// Read and thrown away so that the client reads our answer; TCP would reset the connection.
constexpr std::size_t kDiscardLimit = 32 * 1024 * 1024;

/// One request's body as it comes in; freed with the message.
struct Intake {
  const BodyLimits& limits;
  std::size_t max_body = 0;
  std::size_t received = 0;
};

void refuse(SoupServerMessage* message, std::size_t max_body) {
  if (soup_server_message_get_status(message) != 0) return;
  soup_message_body_set_accumulate(soup_server_message_get_request_body(message), FALSE);
  const std::string body =
      error_response(413, {"body_too_large", "The body is too large: at most " +
                                                 std::to_string(max_body) + " bytes are taken"})
          .body;
  soup_server_message_set_status(message, 413, nullptr);
  soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY, body.data(),
                                   body.size());
}

void got_headers(SoupServerMessage* message, gpointer data) {
  auto* intake = static_cast<Intake*>(data);
  intake->max_body = intake->limits.of(g_uri_get_path(soup_server_message_get_uri(message)));
  SoupMessageHeaders* headers = soup_server_message_get_request_headers(message);
  if (soup_message_headers_get_encoding(headers) != SOUP_ENCODING_CONTENT_LENGTH) return;
  const goffset length = soup_message_headers_get_content_length(headers);
  if (length < 0) {
    // libsoup would go on and read a body without end.
    g_object_unref(soup_server_message_steal_connection(message));
    return;
  }
  if (length > static_cast<goffset>(intake->max_body)) refuse(message, intake->max_body);
}

void got_chunk(SoupServerMessage* message, GBytes* chunk, gpointer data) {
  auto* intake = static_cast<Intake*>(data);
  intake->received += g_bytes_get_size(chunk);
  if (intake->received > kDiscardLimit) {
    g_object_unref(soup_server_message_steal_connection(message));
  } else if (intake->received > intake->max_body) {
    refuse(message, intake->max_body);
  }
}

void request_started(SoupServer*, SoupServerMessage* message, gpointer data) {
  auto* intake = new Intake{*static_cast<const BodyLimits*>(data)};
  g_signal_connect(message, "got-headers", G_CALLBACK(got_headers), intake);
  g_signal_connect_data(
      message, "got-chunk", G_CALLBACK(got_chunk), intake,
      [](gpointer freed, GClosure*) { delete static_cast<Intake*>(freed); }, GConnectFlags(0));
}

}  // namespace

std::size_t BodyLimits::of(std::string_view path) const {
  for (const Below& exception : exceptions)
    if (path.starts_with(exception.path)) return exception.bytes;
  return bytes;
}

void limit_requests(SoupServer* server, const BodyLimits& limits) {
  // The handler only reads what it is given as a plain pointer.
  g_signal_connect(server, "request-started", G_CALLBACK(request_started),
                   const_cast<BodyLimits*>(&limits));
}

}  // namespace parley::signaling::http
