#include "signaling/socketio/http/client_bundle.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "signaling/http/static_files.hpp"

namespace parley::signaling::socketio {
namespace {

constexpr std::array<std::string_view, 4> kVariants{
    "socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"};

bool is_client_file(std::string_view name) {
  constexpr std::string_view kMap = ".map";
  if (name.ends_with(kMap)) name.remove_suffix(kMap.size());
  return std::find(kVariants.begin(), kVariants.end(), name) != kVariants.end();
}

}  // namespace

http::Response ClientBundle::file(std::string_view name, std::string_view if_none_match) const {
  if (!is_client_file(name)) return http::error_page(404, "There is nothing at this address.");
  const auto files = http::StaticFiles::below(dist);
  if (!files) return {404, "text/plain; charset=utf-8", remedy, {{"Cache-Control", "no-store"}}};
  auto response = files->serve(name, if_none_match);
  // Pages of other origins may import it as a module.
  response.headers.emplace_back("Access-Control-Allow-Origin", "*");
  return response;
}

void add_client_bundle(http::Router& router, const std::string& path, ClientBundle bundle) {
  router.add(
      "GET", path + "{file}", http::Access::Public,
      [bundle = std::move(bundle)](http::Exchange& exchange) {
        exchange.respond(bundle.file(exchange.parameter("file"), exchange.header("If-None-Match")));
      });
}

}  // namespace parley::signaling::socketio
