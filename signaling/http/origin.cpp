#include "signaling/http/origin.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace parley::signaling::http {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

std::uint16_t default_port(std::string_view scheme) {
  return scheme == "https" ? 443 : 80;
}

/// The port after the colon, or nothing for anything that is none.
std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool parses_as(int family, const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(family, host.c_str(), bytes) == 1;
}

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) {
  Authority authority;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    authority.host = lower(text.substr(1, end - 1));
    if (!parses_as(AF_INET6, authority.host)) return std::nullopt;
    rest = text.substr(end + 1);
  } else {
    const auto end = std::min(text.find(':'), text.size());
    authority.host = lower(text.substr(0, end));
    if (authority.host.empty() ||
        !std::all_of(authority.host.begin(), authority.host.end(), is_host_character))
      return std::nullopt;
    rest = text.substr(end);
  }
  if (rest.empty()) return authority;
  if (!rest.starts_with(':')) return std::nullopt;
  authority.port = parse_port(rest.substr(1));
  if (!authority.port) return std::nullopt;
  return authority;
}

std::optional<Origin> parse_origin(std::string_view text) {
  const auto end = text.find("://");
  if (end == std::string_view::npos) return std::nullopt;
  Origin origin{.scheme = lower(text.substr(0, end)), .host = {}, .port = 0};
  if (origin.scheme != "http" && origin.scheme != "https") return std::nullopt;
  auto authority = parse_authority(text.substr(end + 3));
  if (!authority) return std::nullopt;
  origin.host = std::move(authority->host);
  origin.port = authority->port.value_or(default_port(origin.scheme));
  return origin;
}

bool is_ip_literal(std::string_view host) {
  const std::string text(host);
  return parses_as(AF_INET, text) || parses_as(AF_INET6, text);
}

Result<OriginPolicy> OriginPolicy::create(const std::vector<std::string>& allowed) {
  OriginPolicy policy;
  for (const std::string& text : allowed) {
    if (text == "*") {
      policy.any_ = true;
      continue;
    }
    auto origin = parse_origin(text);
    if (!origin)
      return Error{"invalid_origin", "--allow-origin " + text +
                                         " is no origin: write scheme://host or "
                                         "scheme://host:port without a path, or *"};
    policy.allowed_.push_back(std::move(*origin));
  }
  return policy;
}

bool OriginPolicy::lists(std::string_view origin) const {
  if (any_) return true;
  const auto parsed = parse_origin(origin);
  return parsed && std::find(allowed_.begin(), allowed_.end(), *parsed) != allowed_.end();
}

bool OriginPolicy::allows(std::string_view origin, std::string_view host) const {
  if (lists(origin)) return true;
  const auto from = parse_origin(origin);
  const auto here = parse_authority(host);
  return from && here && from->host == here->host &&
         from->port == here->port.value_or(default_port(from->scheme));
}

bool OriginPolicy::is_own_name(std::string_view host, std::string_view machine) const {
  const auto here = parse_authority(host);
  if (!here) return false;
  if (any_ || is_ip_literal(here->host) || here->host == "localhost" ||
      here->host.ends_with(".localhost") || here->host == lower(machine))
    return true;
  return std::any_of(allowed_.begin(), allowed_.end(),
                     [&](const Origin& origin) { return origin.host == here->host; });
}

}  // namespace parley::signaling::http
