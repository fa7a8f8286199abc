#include <charconv>
#include <cmath>
#include <initializer_list>
#include <utility>

#include "load/run/options.hpp"

namespace parley::load {
namespace {

/// A number that is not negative, and the factor of the unit after it.
std::optional<double> parse(const std::string& text,
                            std::initializer_list<std::pair<const char*, double>> units) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
  const std::string unit(stop, end);
  for (const auto& [name, factor] : units)
    if (unit == name) return value * factor;
  return std::nullopt;
}

}  // namespace

std::optional<Duration> parse_duration(const std::string& text) {
  const auto seconds = parse(text, {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"m", 60}});
  if (!seconds || *seconds > 1e6) return std::nullopt;
  return Duration(std::llround(*seconds * 1e9));
}

std::optional<double> parse_percent(const std::string& text) {
  const auto part = parse(text, {{"", 0.01}, {"%", 0.01}});
  return part && *part <= 1 ? part : std::nullopt;
}

std::optional<double> parse_rate(const std::string& text) {
  return parse(text, {{"", 1}, {"/s", 1}});
}

std::optional<std::uint64_t> parse_bitrate(const std::string& text) {
  const auto rate = parse(text, {{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}});
  if (!rate || *rate > 1e12) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(*rate));
}

}  // namespace parley::load
