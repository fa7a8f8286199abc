#include "signaling/http/http_listener.hpp"

#include <utility>
#include <vector>

#include <sys/socket.h>

namespace parley::signaling::http {
namespace {

/// A new connection waits this long. In one turn of the main loop it would be read before older
/// ones, and a client's request would overtake what it sent before on another connection.
constexpr std::chrono::milliseconds kSettling{1};

std::string url_host(const std::string& host) {
  if (host == "0.0.0.0" || host == "::") return "localhost";
  return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

}  // namespace

HttpListener::HttpListener(ListenerOptions options, Handler handler)
    : options_(std::move(options)), handler_(std::move(handler)) {}

HttpListener::~HttpListener() {
  stop();
}

Result<std::unique_ptr<HttpListener>> HttpListener::start(ListenerOptions options,
                                                          Handler handler) {
  std::unique_ptr<HttpListener> listener(new HttpListener(std::move(options), std::move(handler)));
  HttpListener* self = listener.get();
  self->listen_for_libsoup();
  auto acceptor = Acceptor::listen(
      self->options_.host, self->options_.port, self->options_.connections,
      self->options_.certificate,
      [self](Ref<GIOStream> stream, GSocketAddress* local, GSocketAddress* remote) {
        self->accepted(std::move(stream), local, remote);
      });
  if (!acceptor) return acceptor.error();
  self->acceptor_ = std::move(acceptor).value();
  return listener;
}

/// libsoup answers requests on the streams we give it, but closes each after one response unless it
/// listens somewhere itself: it is given one end of a socket pair on which nothing ever happens.
void HttpListener::listen_for_libsoup() {
  // Paths stay percent-encoded, to be split before they are decoded.
  soup_ = Ref<SoupServer>::adopt(soup_server_new("raw-paths", TRUE, nullptr));
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0) {
    for (std::size_t i = 0; i < ends.size(); ++i)
      keep_alive_[i] = Ref<GSocket>::adopt(g_socket_new_from_fd(ends[i], nullptr));
    soup_server_listen_socket(soup_.get(), keep_alive_[0].get(), SoupServerListenOptions(0),
                              nullptr);
  }
  limit_requests(soup_.get(), options_.body);
  soup_server_add_handler(
      soup_.get(), nullptr,
      [](SoupServer*, SoupServerMessage* message, const char*, GHashTable*, gpointer data) {
        static_cast<HttpListener*>(data)->handle(message);
      },
      this, nullptr);
}

void HttpListener::accepted(Ref<GIOStream> stream, GSocketAddress* local, GSocketAddress* remote) {
  arrivals_.push_back({std::move(stream), Ref<GSocketAddress>::retain(local),
                       Ref<GSocketAddress>::retain(remote), now() + kSettling});
  if (!take_in_timer_.running()) take_in_timer_ = Timer::once(kSettling, [this] { take_in(); });
}

void HttpListener::take_in() {
  take_in_timer_.stop();
  while (!arrivals_.empty() && arrivals_.front().ready <= now()) {
    const Arrival next = std::move(arrivals_.front());
    arrivals_.pop_front();
    remember_socket(next.remote.get(), next.stream.get());
    soup_server_accept_iostream(soup_.get(), next.stream.get(), next.local.get(), next.remote.get(),
                                nullptr);
  }
  if (!arrivals_.empty()) take_in_timer_ = Timer::once(kSettling, [this] { take_in(); });
}

void HttpListener::handle(SoupServerMessage* message) {
  auto segments = split_path(g_uri_get_path(soup_server_message_get_uri(message)));
  const bool usable = segments.has_value();
  Exchange exchange(message, usable ? *std::move(segments) : std::vector<std::string>());
  if (usable) return handler_(exchange);
  exchange.respond(error_response(400, {"bad_path",
                                        "The path holds what no path may: . or .. as a part of "
                                        "it, NUL, or bytes that are not UTF-8"}));
}

std::string HttpListener::url() const {
  return (options_.certificate ? "https://" : "http://") + url_host(options_.host) + ':' +
         std::to_string(port()) + '/';
}

void HttpListener::stop() {
  if (acceptor_) acceptor_->stop();
  take_in_timer_.stop();
  arrivals_.clear();
  soup_server_disconnect(soup_.get());
}

}  // namespace parley::signaling::http
