#include "signaling/http/pages.hpp"

#include <utility>

#include "signaling/http/exchange.hpp"
#include "signaling/http/paths.hpp"
#include "signaling/http/room_names.hpp"

namespace parley::signaling::http {
namespace {

void add_page_headers(Response& response, const std::string& content_security_policy) {
  if (!content_security_policy.empty())
    response.headers.emplace_back("Content-Security-Policy", content_security_policy);
  // A room's id is all it takes to join, so it is told to nobody else.
  response.headers.emplace_back("Referrer-Policy", "same-origin");
  response.headers.emplace_back(
      "Permissions-Policy",
      "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), "
      "autoplay=(self), fullscreen=(self), geolocation=(), payment=(), usb=()");
}

/// Pages of existing front ends look for their scripts beside themselves, as in "/script.js".
void serve_beside_page(Exchange& exchange, const StaticFiles& files, const std::string& name) {
  if (!is_reserved(name) && name != "index.html") {
    Response file = files.serve(name, exchange.header("If-None-Match"));
    if (file.status != 404) return exchange.respond(std::move(file));
  }
  exchange.fail(404, {"not_found",
                      "There is no such page. A room's name is 1 to 64 of the characters A-Z a-z "
                      "0-9 _ and -."});
}

}  // namespace

void add_pages(Router& router, StaticFiles files, std::string content_security_policy) {
  const auto shared = std::make_shared<const StaticFiles>(std::move(files));
  router.add("GET", "/", Access::Public, [](Exchange& exchange) {
    exchange.respond(
        {302, {}, {}, {{"Location", "/" + random_room_id().str()}, {"Cache-Control", "no-store"}}});
  });
  router.add("GET", "/assets/{path*}", Access::Public, [shared](Exchange& exchange) {
    exchange.respond(shared->serve(exchange.parameter("path"), exchange.header("If-None-Match")));
  });
  router.add("GET", "/favicon.ico", Access::Public, [shared](Exchange& exchange) {
    exchange.respond(shared->serve("favicon.ico", exchange.header("If-None-Match")));
  });
  router.add("GET", "/robots.txt", Access::Public, [](Exchange& exchange) {
    exchange.respond({200, "text/plain; charset=utf-8", "User-agent: *\nDisallow: /\n", {}});
  });
  router.add("GET", "/{room}", Access::Public,
             [shared, policy = std::move(content_security_policy)](Exchange& exchange) {
               const std::string& name = exchange.parameter("room");
               if (!is_room_id(name)) return serve_beside_page(exchange, *shared, name);
               Response page = shared->serve("index.html", exchange.header("If-None-Match"));
               add_page_headers(page, policy);
               exchange.respond(std::move(page));
             });
}

}  // namespace parley::signaling::http
