#include "signaling/http/http_server.hpp"

#include <array>
#include <utility>

#include <libsoup/soup.h>
#include <sys/socket.h>

#include "signaling/http/exchange.hpp"
#include "signaling/http/request_limits.hpp"
#include "signaling/http/rest_api.hpp"
#include "signaling/http/tls.hpp"

namespace parley::signaling::http {
namespace {

Result<Ref<GTlsCertificate>> certificate_for(const Options& options) {
  const bool files = !options.tls_cert.empty() || !options.tls_key.empty();
  if (files && options.tls_self_signed)
    return Error{"tls_options", "Give either --tls-cert and --tls-key or --tls-self-signed"};
  if (options.tls_self_signed) return self_signed_certificate(machine_addresses());
  if (!files) return Ref<GTlsCertificate>();
  if (options.tls_cert.empty() || options.tls_key.empty())
    return Error{"tls_options", "--tls-cert and --tls-key go together: give both"};
  return load_certificate(options.tls_cert, options.tls_key);
}

bool is_known_method(std::string_view method) {
  static constexpr std::array<std::string_view, 9> kMethods{
      "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

std::string url_host(const std::string& host) {
  if (host == "0.0.0.0" || host == "::") return "localhost";
  return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

}  // namespace

struct HttpServer::Impl {
  Impl(Options server_options, Backend& backend, AccessPolicy policy)
      : options(std::move(server_options)),
        access(std::move(policy)),
        endpoint(backend, options.sessions) {}

  void listen_for_libsoup();
  void accepted(Ref<GIOStream> stream, GSocketAddress* local, GSocketAddress* remote);
  void handle(SoupServerMessage* message);
  void dispatch(Exchange& exchange);
  void allow_cross_origin(Exchange& exchange) const;

  Options options;
  AccessPolicy access;
  Router router;
  WsEndpoint endpoint;
  Ref<SoupServer> soup;
  std::unique_ptr<Acceptor> acceptor;
  std::array<Ref<GSocket>, 2> keep_alive;
  bool tls = false;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() {
  stop();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(Options options, Backend& backend) {
  auto origins = OriginPolicy::create(options.allow_origins);
  if (!origins) return origins.error();
  auto files = StaticFiles::open(options.web_dir);
  if (!files) return files.error();
  auto certificate = certificate_for(options);
  if (!certificate) return certificate.error();

  auto impl = std::make_unique<Impl>(
      options, backend, AccessPolicy(*origins, options.operator_token, g_get_host_name()));
  Impl* self = impl.get();
  self->tls = static_cast<bool>(*certificate);
  add_rest_api(self->router, backend, options.graphviz);
  add_pages(self->router, std::move(files).value(), options.content_security_policy);
  self->router.add("GET", "/ws", Access::Public, [self](Exchange& exchange) {
    if (const auto denial = self->access.check_websocket(exchange.caller()))
      return exchange.respond(error_response(denial->status, denial->error));
    self->endpoint.open(exchange);
  });
  self->listen_for_libsoup();

  auto acceptor = Acceptor::listen(
      options.host, options.port, options.connections, *certificate,
      [self](Ref<GIOStream> stream, GSocketAddress* local, GSocketAddress* remote) {
        self->accepted(std::move(stream), local, remote);
      });
  if (!acceptor) return acceptor.error();
  self->acceptor = std::move(acceptor).value();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

/// libsoup answers requests on the streams we give it, but closes each after one response unless it
/// listens somewhere itself: it is given one end of a socket pair on which nothing ever happens.
void HttpServer::Impl::listen_for_libsoup() {
  // Paths stay percent-encoded, for the router to split before decoding.
  soup = Ref<SoupServer>::adopt(soup_server_new("raw-paths", TRUE, nullptr));
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0) {
    for (std::size_t i = 0; i < ends.size(); ++i)
      keep_alive[i] = Ref<GSocket>::adopt(g_socket_new_from_fd(ends[i], nullptr));
    soup_server_listen_socket(soup.get(), keep_alive[0].get(), SoupServerListenOptions(0), nullptr);
  }
  limit_requests(soup.get(), options.max_body);
  soup_server_add_handler(
      soup.get(), nullptr,
      [](SoupServer*, SoupServerMessage* message, const char*, GHashTable*, gpointer data) {
        static_cast<Impl*>(data)->handle(message);
      },
      this, nullptr);
}

void HttpServer::Impl::accepted(Ref<GIOStream> stream, GSocketAddress* local,
                                GSocketAddress* remote) {
  soup_server_accept_iostream(soup.get(), stream.get(), local, remote, nullptr);
}

void HttpServer::Impl::handle(SoupServerMessage* message) {
  auto segments = split_path(g_uri_get_path(soup_server_message_get_uri(message)));
  const bool usable = segments.has_value();
  Exchange exchange(message, usable ? *std::move(segments) : std::vector<std::string>());
  allow_cross_origin(exchange);
  if (!usable)
    return exchange.respond(
        error_response(400, {"bad_path",
                             "The path holds what no path may: . or .. as a part of "
                             "it, NUL, or bytes that are not UTF-8"}));
  dispatch(exchange);
}

void HttpServer::Impl::dispatch(Exchange& exchange) {
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

/// CORS (Fetch standard, section 3.2) for pages that --allow-origin names, and for no others.
void HttpServer::Impl::allow_cross_origin(Exchange& exchange) const {
  const std::string origin(exchange.header("Origin"));
  if (origin.empty() || !access.origins().lists(origin)) return;
  SoupMessageHeaders* headers = soup_server_message_get_response_headers(exchange.message());
  soup_message_headers_append(headers, "Access-Control-Allow-Origin", origin.c_str());
  soup_message_headers_append(headers, "Vary", "Origin");
  if (exchange.method() != "OPTIONS") return;
  soup_message_headers_append(headers, "Access-Control-Allow-Methods",
                              "GET, HEAD, POST, PUT, PATCH, DELETE");
  soup_message_headers_append(headers, "Access-Control-Allow-Headers",
                              "Authorization, Content-Type, If-None-Match");
  soup_message_headers_append(headers, "Access-Control-Max-Age", "600");
}

std::uint16_t HttpServer::port() const {
  return impl_->acceptor->port();
}

std::string HttpServer::url() const {
  return (impl_->tls ? "https://" : "http://") + url_host(impl_->options.host) + ':' +
         std::to_string(port()) + '/';
}

Router& HttpServer::router() {
  return impl_->router;
}

std::size_t HttpServer::sessions() const {
  return impl_->endpoint.sessions();
}

void HttpServer::stop() {
  impl_->acceptor->stop();
  impl_->endpoint.close_all();
  soup_server_disconnect(impl_->soup.get());
}

}  // namespace parley::signaling::http
