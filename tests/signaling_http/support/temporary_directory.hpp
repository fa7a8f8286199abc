// A directory that a test fills and that goes with it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace parley::signaling::http {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file, making its folders; returns its path.
  std::string write(const std::filesystem::path& file, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

}  // namespace parley::signaling::http
