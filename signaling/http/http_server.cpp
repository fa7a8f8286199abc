#include "signaling/http/http_server.hpp"

#include <utility>

#include <libsoup/soup.h>

#include "signaling/http/dispatch.hpp"
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

}  // namespace

struct HttpServer::Impl {
  Impl(Options server_options, Ref<GTlsCertificate> tls, Backend& backend, AccessPolicy policy,
       IceServers ice)
      : options(std::move(server_options)),
        certificate(std::move(tls)),
        access(std::move(policy)),
        ice_servers(std::move(ice)),
        quota(options.sessions.total, options.sessions.per_address),
        endpoint(backend, options.sessions, quota, ice_servers) {}

  Result<std::unique_ptr<HttpListener>> listen(std::uint16_t port, const Router& routes);

  Options options;
  Ref<GTlsCertificate> certificate;
  AccessPolicy access;
  IceServers ice_servers;
  Router router;
  SessionQuota quota;
  WsEndpoint endpoint;
  std::unique_ptr<HttpListener> listener;
  std::vector<std::unique_ptr<HttpListener>> others;
  std::vector<std::unique_ptr<Router>> other_routers;
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

  auto ice_servers = IceServers::create(options.ice_servers, options.turn_secret);
  if (!ice_servers) return ice_servers.error();

  auto impl = std::make_unique<Impl>(
      options, *certificate, backend,
      AccessPolicy(*origins, options.operator_token, g_get_host_name()), *std::move(ice_servers));
  Impl* self = impl.get();
  add_rest_api(self->router, backend, options.graphviz);
  add_pages(self->router, std::move(files).value(), options.content_security_policy);
  self->router.add("GET", "/ws", Access::Public, [self](Exchange& exchange) {
    if (const auto denial = self->access.check_websocket(exchange.caller()))
      return exchange.respond(error_response(denial->status, denial->error));
    self->endpoint.open(exchange);
  });
  auto listener = self->listen(options.port, self->router);
  if (!listener) return listener.error();
  self->listener = std::move(listener).value();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

Result<std::unique_ptr<HttpListener>> HttpServer::Impl::listen(std::uint16_t port,
                                                               const Router& routes) {
  return HttpListener::start(
      {.host = options.host,
       .port = port,
       .certificate = certificate,
       .body = {.bytes = options.max_body, .exceptions = options.body_exceptions},
       .connections = options.connections},
      [this, &routes](Exchange& exchange) { dispatch(routes, access, exchange); });
}

Status HttpServer::also_listen(std::uint16_t port, Router router) {
  auto owned = std::make_unique<Router>(std::move(router));
  auto listener = impl_->listen(port, *owned);
  if (!listener) return listener.error();
  impl_->other_routers.push_back(std::move(owned));
  impl_->others.push_back(std::move(listener).value());
  return Nothing{};
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

const IceServers& HttpServer::ice_servers() const {
  return impl_->ice_servers;
}

const AccessPolicy& HttpServer::access() const {
  return impl_->access;
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
  for (const auto& other : impl_->others) other->stop();
}

}  // namespace parley::signaling::http
