// How often a thread asks for memory.
#pragma once

#include <cstddef>

namespace parley::transport::testing {

/// False under a sanitizer, whose own allocator stands where the counting one would.
[[nodiscard]] bool counts_allocations();
/// What the calling thread has allocated so far, by malloc and whatever else is built on it.
[[nodiscard]] std::size_t allocations_of_this_thread();

}  // namespace parley::transport::testing
