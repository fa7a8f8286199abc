// Effects as lines of text, so that a test reads as what happens.
#pragma once

#include <string>
#include <vector>

#include "rooms/effect.hpp"

namespace parley::rooms::test {

/// "to bob: track ann/cam VP8", "link ann/cam -> bob", "answer: done"…
std::string line(const Effect& effect);

using Script = std::vector<std::string>;
Script script(const std::vector<Effect>& effects);

/// The lines that begin with `start`.
Script starting_with(std::string_view start, const Script& lines);

}  // namespace parley::rooms::test
