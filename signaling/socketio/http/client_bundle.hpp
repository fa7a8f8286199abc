// The browser's Socket.IO client, where pages of existing clients load it: beside the endpoint.
#pragma once

#include <string>
#include <string_view>

#include "signaling/http/exchange.hpp"
#include "signaling/http/router.hpp"

namespace parley::signaling::socketio {

/// The folder `dist` of the npm package socket.io-client. It is looked into for every request, so
/// that it may be installed while the server runs; until then its files are 404, with `remedy` as
/// text.
struct ClientBundle {
  std::string dist;
  std::string remedy;

  /// One of the files that the reference implementation serves: socket.io.js and its variants.
  [[nodiscard]] http::Response file(std::string_view name, std::string_view if_none_match) const;
};

/// Serves it below `path`, the endpoint's: "/socket.io/". Main-bound.
void add_client_bundle(http::Router& router, const std::string& path, ClientBundle bundle);

}  // namespace parley::signaling::socketio
