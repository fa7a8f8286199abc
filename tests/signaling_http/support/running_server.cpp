#include "running_server.hpp"

#include <stdexcept>

namespace parley::signaling::http {

RunningServer::RunningServer() {
  directory.write("web/index.html", "<!doctype html><title>Parley</title>");
  directory.write("web/parley.js", "export const answer = 42;\n");
  directory.write("web/style/page.css", "body { margin: 0 }\n");
  directory.write("secret.txt", "outside the web directory");
  options.web_dir = directory.path() / "web";
  options.port = 0;
}

HttpServer& RunningServer::start() {
  auto server = HttpServer::start(options, backend);
  if (!server) throw std::runtime_error(server.error().message);
  server_ = std::move(server).value();
  return *server_;
}

HttpReply RunningServer::call(const HttpCall& request) {
  RawClient client(port());
  auto reply = http::call(client, request);
  return reply ? *std::move(reply) : HttpReply{};
}

std::unique_ptr<RawClient> RunningServer::open_websocket() {
  auto client = std::make_unique<RawClient>(port());
  const auto reply = http::call(*client, {.path = "/ws", .headers = handshake_headers()});
  if (!reply || reply->status != 101) throw std::runtime_error("no WebSocket");
  return client;
}

}  // namespace parley::signaling::http
