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

/// CORS (Fetch standard, section 3.2).
void allow_cross_origin(Exchange& exchange) {
  const std::string origin(exchange.header("Origin"));
  SoupMessageHeaders* headers = soup_server_message_get_response_headers(exchange.message());
  soup_message_headers_append(headers, "Access-Control-Allow-Origin", origin.c_str());
  soup_message_headers_append(headers, "Vary", "Origin");
  soup_message_headers_append(headers, "Access-Control-Expose-Headers",
                              "ETag, Link, Location, Retry-After");
  if (exchange.method() != "OPTIONS") return;
  soup_message_headers_append(headers, "Access-Control-Allow-Methods",
                              "GET, HEAD, POST, PUT, PATCH, DELETE");
  soup_message_headers_append(headers, "Access-Control-Allow-Headers",
                              "Authorization, Content-Type, If-Match, If-None-Match");
  soup_message_headers_append(headers, "Access-Control-Max-Age", "600");
}

Access access_of(const Router::Outcome& outcome) {
  const auto* match = std::get_if<Router::Match>(&outcome);
  return match != nullptr ? match->access : Access::Public;
}

void refuse_method(const std::string& allow, Exchange& exchange) {
  const std::string_view method = exchange.method();
  if (method == "OPTIONS") return exchange.respond({204, {}, {}, {{"Allow", allow}}});
  soup_message_headers_replace(soup_server_message_get_response_headers(exchange.message()),
                               "Allow", allow.c_str());
  const bool known = is_known_method(method);
  exchange.fail(known ? 405 : 501, {known ? "method_not_allowed" : "unknown_method",
                                    "This address takes " + allow + "."});
}

}  // namespace

void dispatch(const Router& router, const AccessPolicy& access, Exchange& exchange) {
  auto outcome = router.route(exchange.method(), exchange.segments());
  if (const std::string_view origin = exchange.header("Origin"); !origin.empty()) {
    // A preflight asks for the request that it announces.
    const std::string_view announced = exchange.header("Access-Control-Request-Method");
    const Access wanted = exchange.method() == "OPTIONS"
                              ? access_of(router.route(announced, exchange.segments()))
                              : access_of(outcome);
    if (access.shares(wanted, origin)) allow_cross_origin(exchange);
  }
  if (std::holds_alternative<Router::NotFound>(outcome))
    return exchange.fail(404, {"not_found", "There is nothing at this address."});
  if (const auto* refused = std::get_if<Router::MethodNotAllowed>(&outcome))
    return refuse_method(refused->allow, exchange);
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
