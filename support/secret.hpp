// Comparing secrets: resume tokens, operator tokens.
#pragma once

#include <string_view>

namespace parley {

/// Whether both are the same, in a time that depends on their lengths alone and so tells a guesser
/// nothing of where they differ. An empty secret equals nothing, not even an empty one: what was
/// never set opens no door. Thread-safe.
[[nodiscard]] bool constant_time_equal(std::string_view a, std::string_view b) noexcept;

}  // namespace parley
