#include "server/app.hpp"

#include <csignal>
#include <iostream>

#include <glib-unix.h>
#include <gst/gst.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "plugins/fan_out_element.hpp"
#include "server/conference.hpp"
#include "server/process_exit.hpp"
#include "server/socketio.hpp"
#include "server/transport_events.hpp"
#include "signaling/http/branch_api.hpp"
#include "signaling/http/http_server.hpp"
#include "signaling/mediasoup/application.hpp"
#include "signaling/peerjs/peer_server.hpp"
#include "signaling/whip/endpoint.hpp"
#include "support/glib/main_loop.hpp"
#include "transport/transport.hpp"

namespace parley::server {
namespace {

constexpr int kCannotStart = 2;
constexpr std::chrono::seconds kStopWithin{4};

void set_up_log(const std::string& level) {
  // stdout is for the page's URL alone, so that scripts can read it.
  spdlog::set_default_logger(spdlog::stderr_color_mt("parley"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
  spdlog::set_level(spdlog::level::from_str(level));
}

/// Every participant and every browser's connection takes files, and the limit that shells start
/// programs with is one for select() (systemd's "File Descriptor Limits").
void raise_file_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) != 0) spdlog::warn("the limit of open files stays low");
}

int cannot_start(const Error& error) {
  std::cerr << "parley: " << error.message << '\n';
  return kCannotStart;
}

/// SIGINT and SIGTERM call `stop` on the main thread.
class StopSignals {
 public:
  explicit StopSignals(std::function<void()> stop) : stop_(std::move(stop)) {
    for (const int number : {SIGINT, SIGTERM})
      g_unix_signal_add(number, &StopSignals::on_signal, this);
  }
  ~StopSignals() {
    while (g_source_remove_by_user_data(this)) {
    }
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  static gboolean on_signal(gpointer self) {
    static_cast<StopSignals*>(self)->stop_();
    return G_SOURCE_CONTINUE;
  }
  std::function<void()> stop_;
};

transport::Options transport_options(const Config& config) {
  return {config.rtc_port, config.announce, config.rtc_threads};
}

pipelines::BranchMode branch_mode(const std::string& name) {
  if (name == "any") return pipelines::BranchMode::Any;
  return name == "off" ? pipelines::BranchMode::Off : pipelines::BranchMode::Safe;
}

ConferenceLimits conference_limits(const Config& config) {
  ConferenceLimits limits;
  limits.rooms = config.max_rooms;
  limits.room.participants = config.max_participants;
  limits.settings.last_n = config.last_n;
  limits.branches.mode = branch_mode(config.branches);
  limits.branches.elements = config.branch_elements;
  return limits;
}

signaling::http::Options http_options(const Config& config) {
  signaling::http::Options options;
  options.host = config.listen.host;
  options.port = config.listen.port;
  options.web_dir = config.web.empty() ? PARLEY_WEB_DIR : config.web;
  options.tls_cert = config.tls_cert;
  options.tls_key = config.tls_key;
  options.tls_self_signed = config.tls_self_signed;
  options.operator_token = config.operator_token;
  options.allow_origins = config.allow_origins;
  options.ice_servers = config.ice_servers;
  options.turn_secret = config.turn_secret;
  options.body_exceptions.push_back(SocketIo::body_limit());
  options.sessions.per_address = config.max_per_address;
  // A page takes a few connections beside the one of its session, none of them for long.
  options.connections.per_address = 2 * config.max_per_address;
  // A front end of the operator's own may load what our policy forbids.
  if (!config.web.empty()) options.content_security_policy.clear();
  return options;
}

}  // namespace

namespace {

/// Whoever waits at exit for what hangs in a pipeline waits for ever.
[[noreturn]] void give_up() {
  spdlog::error("some pipelines did not end in time");
  spdlog::shutdown();
  std::_Exit(1);
}

/// A thread that an element of a branch keeps for ever must not keep the process, nor find it half
/// gone. Everything else has ended in order by then.
void leave_hanging_branches_behind() {
  const unsigned hanging = pipelines::BranchRun::running();
  if (hanging == 0) return;
  spdlog::warn("{} branches did not end", hanging);
  spdlog::shutdown();
  std::_Exit(0);
}

/// On the main port, and for clients that want it there, at the root of a port of its own.
Status serve_peerjs(signaling::peerjs::PeerServer& server, signaling::http::HttpServer& http,
                    std::uint16_t port) {
  server.add_routes(http.router(), "/peerjs/");
  if (port == 0) return Nothing{};
  signaling::http::Router router;
  server.add_routes(router, "/");
  return http.also_listen(port, std::move(router));
}

Result<signaling::applications::TokenReader> token_reader(const Config& config) {
  auto key = signaling::applications::load_jwt_key(config.jwt_key);
  if (!key) return key.error();
  return signaling::applications::TokenReader::create(std::move(*key));
}

/// Serves until it is told to stop.
Status serve(const Config& config) {
  auto tokens = token_reader(config);
  if (!tokens) return tokens.error();
  MainLoop main_loop;
  const GstClockTime base_time = gst_util_get_timestamp();
  TransportEvents events(main_loop);
  auto transport = transport::Transport::open(transport_options(config), base_time, events);
  if (!transport) return transport.error();
  Conference conference(**transport, main_loop, base_time, conference_limits(config));
  events.report_to(&conference);
  auto http = signaling::http::HttpServer::start(http_options(config), conference);
  if (!http) return http.error();
  signaling::http::add_branch_api((*http)->router(), conference);
  const signaling::whip::Endpoint whip(**http, conference, main_loop);
  signaling::peerjs::PeerServer peerjs((*http)->quota());
  if (const Status status = serve_peerjs(peerjs, **http, config.peerjs_port); !status)
    return status.error();
  SocketIo socketio(**http, PARLEY_SOCKETIO_CLIENT_DIR, std::move(*tokens));
  signaling::mediasoup::serve(socketio.server(), conference, main_loop);

  bool stopping = false;
  bool ended = false;
  Timer deadline;
  const StopSignals signals([&] {
    if (std::exchange(stopping, true)) return;
    spdlog::info("stopping");
    conference.close([&] {
      ended = true;
      main_loop.quit();
    });
    peerjs.close_all();
    socketio.close_all();
    (*http)->stop();
    deadline = Timer::once(kStopWithin, [&] { main_loop.quit(); });
  });
  spdlog::info("media on UDP port {}", (*transport)->port());
  std::cout << (*http)->url() << std::endl;
  main_loop.run();
  if (!ended) give_up();
  leave_hanging_branches_behind();
  events.report_to(nullptr);
  return Nothing{};
}

}  // namespace

int run(const Config& config) {
  keep_openssl_until_the_end();
  set_up_log(config.log_level);
  raise_file_limit();
  for (const std::string& option : config.without_effect)
    spdlog::warn("{} has no effect in this version", option);
  gst_init(nullptr, nullptr);
  plugins::register_elements();
  if (const Status served = serve(config); !served) return cannot_start(served.error());
  gst_deinit();
  return 0;
}

}  // namespace parley::server
