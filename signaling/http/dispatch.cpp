#include "signaling/http/dispatch.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <libsoup/soup.h>

namespace parley::signaling::http {
namespace {

bool is_known_method(std::string_view method) {
  static constexpr std::array<std::string_view, 9> kMethods{
      "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

}  // namespace

void dispatch(const Router& router, const AccessPolicy& access, Exchange& exchange) {
  const std::string_view method = exchange.method();
  auto outcome = router.route(method, exchange.segments());
  if (std::holds_alternative<Router::NotFound>(outcome))
    return exchange.fail(404, {"not_found", "There is nothing at this address."});
  if (auto* refused = std::get_if<Router::MethodNotAllowed>(&outcome)) {
    if (method == "OPTIONS") return exchange.respond({204, {}, {}, {{"Allow", refused->allow}}});
    soup_message_headers_replace(soup_server_message_get_response_headers(exchange.message()),
                                 "Allow", refused->allow.c_str());
    const Error error{is_known_method(method) ? "method_not_allowed" : "unknown_method",
                      "This address takes " + refused->allow + "."};
    return exchange.fail(is_known_method(method) ? 405 : 501, error);
  }
  auto& match = std::get<Router::Match>(outcome);
  if (const auto denial = access.check(match.access, exchange.caller())) {
    Response response = error_response(denial->status, denial->error);
    if (denial->status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return exchange.respond(std::move(response));
  }
  exchange.set_parameters(std::move(match.parameters));
  (*match.handler)(exchange);
}

}  // namespace parley::signaling::http
