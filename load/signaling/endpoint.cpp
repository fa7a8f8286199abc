#include "load/signaling/endpoint.hpp"

#include <glib.h>

#include "support/glib/ref.hpp"

namespace parley::load {

Result<Endpoint> parse_endpoint(const std::string& text) {
  const auto bad = [&](const std::string& why) {
    return Error{"bad_url", "'" + text + "' is no URL of a server (" + why +
                                "); write it as http://127.0.0.1:8080 or wss://example.org"};
  };
  const std::string whole = text.find("://") == std::string::npos ? "http://" + text : text;
  GError* problem = nullptr;
  const Handle<GUri, g_uri_unref> uri(g_uri_parse(whole.c_str(), G_URI_FLAGS_NONE, &problem));
  const Handle<GError, g_error_free> owner(problem);
  if (!uri) return bad(problem->message);
  const std::string scheme = g_uri_get_scheme(uri.get());
  const bool secure = scheme == "https" || scheme == "wss";
  if (!secure && scheme != "http" && scheme != "ws") return bad("unknown scheme " + scheme);
  const char* host = g_uri_get_host(uri.get());
  if (host == nullptr || *host == '\0') return bad("no host");
  const int port = g_uri_get_port(uri.get());
  Endpoint endpoint{secure, host,
                    static_cast<std::uint16_t>(port > 0 ? port
                                               : secure ? 443
                                                        : 80),
                    g_uri_get_path(uri.get())};
  if (endpoint.path == "/") endpoint.path.clear();
  return endpoint;
}

std::string Endpoint::url(std::string_view scheme, std::string_view default_path) const {
  std::string text(scheme);
  if (tls) text += 's';
  const bool literal = host.find(':') != std::string::npos;
  text += "://" + (literal ? "[" + host + "]" : host) + ":" + std::to_string(port);
  return text + (path.empty() ? std::string(default_path) : path);
}

}  // namespace parley::load
