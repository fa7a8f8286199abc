// A Socket.IO server that sends back what it gets; with --engine a bare Engine.IO one. It is what
// the client libraries are tested against, and shows how a program uses signaling/socketio.
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <glib-unix.h>

#include "signaling/http/http_listener.hpp"
#include "signaling/socketio/http/gateway.hpp"
#include "signaling/socketio/http/glib_timers.hpp"
#include "signaling/socketio/server.hpp"
#include "support/glib/main_loop.hpp"

using namespace parley;
using namespace parley::signaling::socketio;
namespace http = parley::signaling::http;

namespace {

constexpr std::chrono::milliseconds kAnswerTime{1000};
constexpr std::chrono::milliseconds kGreetingDelay{20};

struct Options {
  std::uint16_t port = 3000;
  std::string path;
  int ping_interval = 25000;
  int ping_timeout = 20000;
  int connect_timeout = 45000;
  int max_payload = 1'000'000;
  bool engine = false;
};

/// Every message goes back as it came.
class EngineEcho final : public EngineClient {
 public:
  explicit EngineEcho(EngineLink& link) : link_(link) {}
  void received(const Message& message) override { link_.send({&message, 1}); }
  void closed(CloseReason) override {}

 private:
  EngineLink& link_;
};

/// The greeting comes a moment after the connect, so that clients which wait for one message after
/// the other, as tests by hand do, do not find both in one read and miss the second.
void greet_later(Socket& socket, Timers& timers) {
  const auto timer = std::make_shared<Timers::Timer>();
  *timer = timers.after(kGreetingDelay, [&socket] { socket.emit("auth", {socket.auth()}); });
  socket.on_disconnect([timer](std::string_view) { timer->stop(); });
}

void welcome(Socket& socket, Timers& timers) {
  greet_later(socket, timers);
  socket.on("message",
            [&socket](const Args& args, const Ack&) { socket.emit("message-back", args); });
  socket.on("message-with-ack", [](const Args& args, const Ack& ack) { ack(args); });
  // The other way round: the client is asked, and told what it answered.
  socket.on("ask", [&socket](const Args& args, const Ack&) {
    socket.emit("question", args, kAnswerTime, [&socket](const Result<Args>& answer) {
      if (answer) {
        socket.emit("answer", *answer);
      } else {
        socket.emit("no-answer", {answer.error().code});
      }
    });
  });
}

void add_options(CLI::App& app, Options& options) {
  const auto option = [&app](const char* name, auto& value, const char* help) {
    return app.add_option(name, value, help)->capture_default_str();
  };
  option("--port", options.port, "TCP port on this machine (0: any free one)");
  option("--path", options.path, "Path of the endpoint (/socket.io/, with --engine /engine.io/)");
  option("--ping-interval", options.ping_interval, "Milliseconds between heartbeats")
      ->check(CLI::PositiveNumber);
  option("--ping-timeout", options.ping_timeout, "Milliseconds a heartbeat may take")
      ->check(CLI::PositiveNumber);
  option("--connect-timeout", options.connect_timeout,
         "Milliseconds until a namespace has to be joined")
      ->check(CLI::PositiveNumber);
  option("--max-payload", options.max_payload, "Bytes of one message or request")
      ->check(CLI::PositiveNumber);
  app.add_flag("--engine", options.engine, "Engine.IO alone: every message goes back as it came");
}

/// "/socket.io/", however it was written.
std::string with_slashes(std::string path) {
  if (!path.starts_with('/')) path.insert(path.begin(), '/');
  if (!path.ends_with('/')) path += '/';
  return path;
}

http::ListenerOptions listener_options(const Options& options, std::size_t max_payload) {
  http::ListenerOptions listener{
      .host = "localhost", .port = options.port, .body = {.bytes = max_payload}};
  // All its clients may come from one machine; a poll waits for a heartbeat at most.
  listener.connections.per_address = listener.connections.total;
  listener.connections.idle =
      std::chrono::seconds(60) +
      std::chrono::seconds((options.ping_interval + options.ping_timeout) / 1000);
  return listener;
}

int serve(const Options& options) {
  MainLoop loop;
  GlibTimers glib_timers;
  Timers& timers = glib_timers.timers();
  Server server({.connect_timeout = std::chrono::milliseconds(options.connect_timeout)}, timers);
  for (const char* name : {"/", "/custom"})
    server.of(name).on_connection([&](Socket& socket) { welcome(socket, timers); });

  GatewaySettings settings;
  settings.engine.ping_interval = std::chrono::milliseconds(options.ping_interval);
  settings.engine.ping_timeout = std::chrono::milliseconds(options.ping_timeout);
  settings.engine.max_payload = static_cast<std::size_t>(options.max_payload);
  settings.per_address = settings.sessions;
  const Accept accept = options.engine
                            ? [](EngineLink& link) { return std::make_unique<EngineEcho>(link); }
                            : server.accept();
  Gateway gateway(settings, accept, timers);

  const std::string path = with_slashes(!options.path.empty() ? options.path
                                        : options.engine      ? "/engine.io/"
                                                              : "/socket.io/");
  auto listener = http::HttpListener::start(
      listener_options(options, settings.engine.max_payload), [&](http::Exchange& exchange) {
        const std::string_view asked =
            g_uri_get_path(soup_server_message_get_uri(exchange.message()));
        if (asked == path || std::string(asked) + '/' == path) return gateway.handle(exchange);
        exchange.fail(404, {"not_found", "The endpoint is " + path});
      });
  if (!listener) {
    std::fprintf(stderr, "socketio_echo: %s\n", listener.error().message.c_str());
    return 2;
  }
  for (const int signal : {SIGINT, SIGTERM})
    g_unix_signal_add(
        signal,
        [](gpointer data) -> gboolean {
          static_cast<MainLoop*>(data)->quit();
          return G_SOURCE_CONTINUE;
        },
        &loop);
  std::printf("%s%s\n", (*listener)->url().c_str(), path.substr(1).c_str());
  std::fflush(stdout);
  loop.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("A Socket.IO server that sends back what it gets");
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  return serve(options);
}
