// The words of a gst-launch line, and where in it something is wrong. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::pipelines {

struct LaunchWord {
  std::string_view text;   ///< of the line, quotes and all
  std::size_t column = 0;  ///< counted from 1, in bytes
};

/// Splits at spaces that stand in no quotes.
[[nodiscard]] std::vector<LaunchWord> launch_words(std::string_view line);

/// A word that can be nothing but an element's name: no link, caps, property or reference.
[[nodiscard]] bool names_element(std::string_view word);

/// Where in `line` stands what gst_parse_launch() complains of. Its messages have no columns, but
/// name elements, properties and caps; for syntax errors it is the first place that no line may
/// have.
[[nodiscard]] std::optional<std::size_t> column_of_error(std::string_view line,
                                                         std::string_view message);

}  // namespace parley::pipelines
