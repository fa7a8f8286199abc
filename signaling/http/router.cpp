#include "signaling/http/router.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <glib.h>

namespace parley::signaling::http {
namespace {

int hex_digit(char c) {
  return g_ascii_xdigit_value(c);
}

std::optional<std::string> decode_segment(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0)
      return std::nullopt;
    out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
    i += 2;
  }
  // g_utf8_validate() with a length refuses NUL too.
  if (!g_utf8_validate(out.data(), static_cast<gssize>(out.size()), nullptr)) return std::nullopt;
  if (out == "." || out == "..") return std::nullopt;
  return out;
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  if (path.starts_with('/')) path.remove_prefix(1);
  for (;;) {
    const auto end = path.find('/');
    segments.push_back(path.substr(0, end));
    if (end == std::string_view::npos) return segments;
    path.remove_prefix(end + 1);
  }
}

bool is_parameter(std::string_view part) {
  return part.starts_with('{');
}
bool is_rest(std::string_view part) {
  return part.ends_with("*}");
}
int vagueness(std::string_view part) {
  return is_rest(part) ? 2 : is_parameter(part) ? 1 : 0;
}
std::string parameter_name(std::string_view part) {
  return std::string(part.substr(1, part.size() - (is_rest(part) ? 3 : 2)));
}

std::optional<Parameters> match(const std::vector<std::string>& pattern,
                                const std::vector<std::string>& segments) {
  Parameters parameters;
  std::size_t i = 0;
  for (; i < pattern.size(); ++i) {
    if (i >= segments.size()) return std::nullopt;
    if (is_rest(pattern[i])) {
      std::string rest = segments[i];
      for (++i; i < segments.size(); ++i) rest += '/' + segments[i];
      parameters.emplace(parameter_name(pattern.back()), std::move(rest));
      return parameters;
    }
    if (is_parameter(pattern[i])) {
      if (segments[i].empty()) return std::nullopt;
      parameters.emplace(parameter_name(pattern[i]), segments[i]);
    } else if (pattern[i] != segments[i]) {
      return std::nullopt;
    }
  }
  if (i != segments.size()) return std::nullopt;
  return parameters;
}

}  // namespace

std::optional<std::vector<std::string>> split_path(std::string_view path) {
  std::vector<std::string> segments;
  for (std::string_view part : split(path)) {
    auto segment = decode_segment(part);
    if (!segment) return std::nullopt;
    segments.push_back(std::move(*segment));
  }
  return segments;
}

void Router::add(std::string method, std::string_view pattern, Access access, Handler handler) {
  assert(pattern.starts_with('/'));
  std::vector<std::string> parts;
  for (std::string_view part : split(pattern)) parts.emplace_back(part);
  const auto before = [](const std::vector<std::string>& a, const Route& b) {
    return std::lexicographical_compare(
        a.begin(), a.end(), b.pattern.begin(), b.pattern.end(),
        [](const auto& x, const auto& y) { return vagueness(x) < vagueness(y); });
  };
  const auto place = std::upper_bound(routes_.begin(), routes_.end(), parts, before);
  routes_.insert(place, {std::move(method), std::move(parts), access, std::move(handler)});
}

Router::Outcome Router::route(std::string_view method,
                              const std::vector<std::string>& segments) const {
  std::string allow;
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  // Methods belong to the first pattern that fits; a wider one behind it is another resource.
  const std::vector<std::string>* resource = nullptr;
  for (const Route& route : routes_) {
    if (resource != nullptr && *resource != route.pattern) continue;
    auto parameters = match(route.pattern, segments);
    if (!parameters) continue;
    if (route.method == wanted) return Match{&route.handler, route.access, std::move(*parameters)};
    resource = &route.pattern;
    allow += route.method + (route.method == "GET" ? ", HEAD, " : ", ");
  }
  if (resource == nullptr) return NotFound{};
  return MethodNotAllowed{allow + "OPTIONS"};
}

}  // namespace parley::signaling::http
