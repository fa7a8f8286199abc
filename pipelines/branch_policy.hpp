// Which elements a gst-launch branch may use. Pure; docs/pipelines.md says why.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::pipelines {

enum class BranchMode : std::uint8_t { Off, Safe, Any };

/// Immutable once made; copied to where branches are parsed.
class BranchPolicy {
 public:
  /// `widened`: element names that are allowed beside the list of Safe, with all they can do.
  BranchPolicy(BranchMode mode, const std::vector<std::string>& widened)
      : mode_(mode), widened_(widened.begin(), widened.end()) {}

  [[nodiscard]] BranchMode mode() const { return mode_; }
  /// An element by the name of its factory.
  [[nodiscard]] bool allows(std::string_view factory) const;
  /// The properties that have to keep their defaults: an allowed element would open files by them.
  [[nodiscard]] std::span<const std::string_view> guarded(std::string_view factory) const;

 private:
  BranchMode mode_;
  std::set<std::string, std::less<>> widened_;
};

}  // namespace parley::pipelines
