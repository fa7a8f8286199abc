#include "signaling/http/http_server.hpp"

#include <array>
#include <utility>

#include <libsoup/soup.h>

#include "signaling/http/exchange.hpp"
#include "signaling/http/http_listener.hpp"
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

}  // namespace

struct HttpServer::Impl {
  Impl(const Options& options, Backend& backend, AccessPolicy policy)
      : access(std::move(policy)),
        quota(options.sessions.total, options.sessions.per_address),
        endpoint(backend, options.sessions, quota) {}

  void dispatch(Exchange& exchange);
  void allow_cross_origin(Exchange& exchange) const;

  AccessPolicy access;
  Router router;
  SessionQuota quota;
  WsEndpoint endpoint;
  std::unique_ptr<HttpListener> listener;
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
  add_rest_api(self->router, backend, options.graphviz);
  add_pages(self->router, std::move(files).value(), options.content_security_policy);
  self->router.add("GET", "/ws", Access::Public, [self](Exchange& exchange) {
    if (const auto denial = self->access.check_websocket(exchange.caller()))
      return exchange.respond(error_response(denial->status, denial->error));
    self->endpoint.open(exchange);
  });
  auto listener = HttpListener::start(
      {.host = options.host,
       .port = options.port,
       .certificate = *certificate,
       .body = {.bytes = options.max_body, .exceptions = options.body_exceptions},
       .connections = options.connections},
      [self](Exchange& exchange) { self->dispatch(exchange); });
  if (!listener) return listener.error();
  self->listener = std::move(listener).value();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

void HttpServer::Impl::dispatch(Exchange& exchange) {
  allow_cross_origin(exchange);
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
  soup_message_headers_append(headers, "Access-Control-Expose-Headers",
                              "ETag, Link, Location, Retry-After");
  if (exchange.method() != "OPTIONS") return;
  soup_message_headers_append(headers, "Access-Control-Allow-Methods",
                              "GET, HEAD, POST, PUT, PATCH, DELETE");
  soup_message_headers_append(headers, "Access-Control-Allow-Headers",
                              "Authorization, Content-Type, If-Match, If-None-Match");
  soup_message_headers_append(headers, "Access-Control-Max-Age", "600");
}

std::uint16_t HttpServer::port() const {
  return impl_->listener->port();
}

std::string HttpServer::url() const {
  return impl_->listener->url();
}

Router& HttpServer::router() {
  return impl_->router;
}

SessionQuota& HttpServer::quota() {
  return impl_->quota;
}

std::size_t HttpServer::sessions() const {
  return impl_->endpoint.sessions();
}

void HttpServer::stop() {
  impl_->endpoint.close_all();
  impl_->listener->stop();
}

}  // namespace parley::signaling::http
