#include "signaling/http/static_files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include <sys/stat.h>

namespace parley::signaling::http {
namespace {

namespace fs = std::filesystem;

constexpr off_t kMaxFileSize = 32 << 20;

constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kTypes{{
    {".css", "text/css; charset=utf-8"},
    {".gif", "image/gif"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/vnd.microsoft.icon"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".ts", "application/typescript; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".webm", "video/webm"},
    {".webmanifest", "application/manifest+json"},
    {".webp", "image/webp"},
    {".woff2", "font/woff2"},
}};

Response not_found() {
  return error_page(404, "There is no such file on this server.");
}

bool is_inside(const fs::path& root, const fs::path& file) {
  return std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first == root.end();
}

bool has_hidden_part(const fs::path& path) {
  return std::any_of(path.begin(), path.end(),
                     [](const fs::path& part) { return part.native().starts_with('.'); });
}

std::string hex(unsigned long long number) {
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return std::string(digits.data(), end);
}

/// Weak, for it rests on time and size, not on the content.
std::string etag_of(const struct stat& info) {
  return "W/\"" + hex(static_cast<unsigned long long>(info.st_mtim.tv_sec)) + '-' +
         hex(static_cast<unsigned long long>(info.st_mtim.tv_nsec)) + '-' +
         hex(static_cast<unsigned long long>(info.st_size)) + '"';
}

std::string_view opaque(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

}  // namespace

Result<StaticFiles> StaticFiles::open(const std::string& directory) {
  std::error_code error;
  const fs::path root = fs::canonical(directory, error);
  if (error || !fs::is_directory(root, error))
    return Error{"bad_web_directory",
                 "--web " + directory + " is no directory: give one that holds index.html"};
  if (!fs::is_regular_file(root / "index.html", error))
    return Error{"bad_web_directory",
                 "--web " + directory + " has no index.html, the meeting page: add one"};
  return StaticFiles(root);
}

std::optional<StaticFiles> StaticFiles::below(const std::string& directory) {
  std::error_code error;
  const fs::path root = fs::canonical(directory, error);
  if (error || !fs::is_directory(root, error)) return std::nullopt;
  return StaticFiles(root);
}

Response StaticFiles::serve(std::string_view path, std::string_view if_none_match) const {
  const fs::path relative(path);
  if (relative.is_absolute() || has_hidden_part(relative)) return not_found();
  std::error_code error;
  const fs::path file = fs::canonical(root_ / relative, error);
  if (error || !is_inside(root_, file)) return not_found();

  struct stat info {};
  if (stat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > kMaxFileSize)
    return not_found();
  const std::string etag = etag_of(info);
  // no-cache: keep it, but ask each time, so that an upgraded server is never met with old code.
  Response response{304, {}, {}, {{"ETag", etag}, {"Cache-Control", "no-cache"}}};
  if (etag_matches(if_none_match, etag)) return response;

  char* content = nullptr;
  gsize length = 0;
  if (!g_file_get_contents(file.c_str(), &content, &length, nullptr)) return not_found();
  const GString_ owner(content);
  response.status = 200;
  response.content_type = content_type(file.native());
  response.body.assign(content, length);
  return response;
}

std::string_view content_type(std::string_view path) {
  for (const auto& [ending, type] : kTypes)
    if (path.ends_with(ending)) return type;
  return "application/octet-stream";
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const auto end = std::min(if_none_match.find(','), if_none_match.size());
    std::string_view tag = if_none_match.substr(0, end);
    while (tag.starts_with(' ')) tag.remove_prefix(1);
    while (tag.ends_with(' ')) tag.remove_suffix(1);
    if (tag == "*" || (!tag.empty() && opaque(tag) == opaque(etag))) return true;
    if_none_match.remove_prefix(std::min(end + 1, if_none_match.size()));
  }
  return false;
}

}  // namespace parley::signaling::http
