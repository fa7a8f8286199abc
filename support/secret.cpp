#include "support/secret.hpp"

#include <cstddef>

namespace parley {

bool constant_time_equal(std::string_view a, std::string_view b) noexcept {
  if (a.empty() || a.size() != b.size()) return false;
  // volatile: the optimizer may not leave the loop at the first difference.
  volatile unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference = difference | static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace parley
