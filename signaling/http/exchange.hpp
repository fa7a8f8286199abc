// One HTTP request and its response.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <libsoup/soup.h>

#include "signaling/http/access.hpp"
#include "signaling/http/router.hpp"
#include "support/glib/ref.hpp"

namespace parley::signaling::http {

using Bytes = Handle<GBytes, g_bytes_unref>;

struct Response {
  unsigned status = 200;
  std::string content_type;  ///< empty without a body
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// JSON of the moment, which nobody is to keep.
Response json_response(unsigned status, std::string body);
/// The error as JSON, {"error":{"code","message"}}.
Response error_response(unsigned status, const Error& error);
/// For people: a small page that says the same.
Response error_page(unsigned status, std::string_view message);

/// The value of `name` in a query, decoded as a form's (the last, where it stands there more than
/// once); empty without.
std::string query_value(std::string_view query, const char* name);

/// Answers an exchange that was deferred; later calls, and calls after the client went away, do
/// nothing. Keeps the exchange open until called, so call it in bounded time.
using Reply = std::function<void(Response)>;

/// What a handler gets. Lives as long as the handler's call. Main-bound.
class Exchange {
 public:
  Exchange(SoupServerMessage* message, std::vector<std::string> segments);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  [[nodiscard]] std::string_view method() const;
  [[nodiscard]] const std::vector<std::string>& segments() const { return segments_; }
  /// What the route's {name} stands for.
  [[nodiscard]] const std::string& parameter(std::string_view name) const;
  /// Empty when the request has no such header.
  [[nodiscard]] std::string_view header(const char* name) const;
  [[nodiscard]] std::string_view body() const;
  /// What stands behind the path's "?", percent-encoded as it came.
  [[nodiscard]] std::string_view query() const;
  [[nodiscard]] Caller caller() const;
  /// What limits count the client by: its IPv4 address or IPv6 /64.
  [[nodiscard]] std::string client_key() const;
  /// For protocols that take the connection over.
  [[nodiscard]] SoupServerMessage* message() const { return message_; }

  void set_parameters(Parameters parameters) { parameters_ = std::move(parameters); }

  void respond(Response response);
  /// Responds with the error in the form its caller reads: JSON below /api, else a page.
  void fail(unsigned status, const Error& error);
  /// The answer comes later, through what this returns. When the client goes away before, `gone` is
  /// called, from the main loop.
  [[nodiscard]] Reply defer(std::function<void()> gone = {});

 private:
  SoupServerMessage* message_;
  std::vector<std::string> segments_;
  Parameters parameters_;
  Bytes body_;
};

/// Notes which socket the client of `remote` is connected by, so that defer() sees it go: libsoup
/// looks at a connection again only once it has a response to write. `remote` is what the messages
/// of that connection will have as their remote address.
void remember_socket(GSocketAddress* remote, GIOStream* stream);

/// True when the peer is this machine. Unknown kinds of peers are not.
bool is_loopback(GSocketAddress* address);

}  // namespace parley::signaling::http
