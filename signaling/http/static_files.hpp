// Files of the web directory. Main-bound.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "signaling/http/exchange.hpp"
#include "support/result.hpp"

namespace parley::signaling::http {

class StaticFiles {
 public:
  /// Error: bad_web_directory, when `directory` is none.
  static Result<StaticFiles> open(const std::string& directory);
  /// Any directory's files. Nothing when there is none of that name.
  static std::optional<StaticFiles> below(const std::string& directory);

  /// Sends the file of that path below the directory; 304 when the client has it (If-None-Match);
  /// 404 for what is not there, hidden, no regular file, or outside once links are resolved.
  [[nodiscard]] Response serve(std::string_view path, std::string_view if_none_match) const;

 private:
  explicit StaticFiles(std::filesystem::path root) : root_(std::move(root)) {}
  std::filesystem::path root_;  ///< canonical
};

/// By the name's ending; application/octet-stream for the unknown.
std::string_view content_type(std::string_view path);

/// Does the If-None-Match header hold this entity tag, compared weakly (RFC 9110 section 13.1.2)?
bool etag_matches(std::string_view if_none_match, std::string_view etag);

}  // namespace parley::signaling::http
