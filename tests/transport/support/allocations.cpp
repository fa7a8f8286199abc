#include "tests/transport/support/allocations.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PARLEY_COUNTS_ALLOCATIONS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PARLEY_COUNTS_ALLOCATIONS 0
#endif
#endif
#ifndef PARLEY_COUNTS_ALLOCATIONS
#define PARLEY_COUNTS_ALLOCATIONS 1
#endif

namespace parley::transport::testing {
namespace {
thread_local std::size_t allocations = 0;
}

bool counts_allocations() {
  return PARLEY_COUNTS_ALLOCATIONS != 0;
}

std::size_t allocations_of_this_thread() {
  return allocations;
}

}  // namespace parley::transport::testing

#if PARLEY_COUNTS_ALLOCATIONS
// glibc lets a program define these, and keeps its own reachable under other names.
using parley::transport::testing::allocations;

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  *memory = memalign(alignment, size);
  return *memory == nullptr ? 12 : 0;  // ENOMEM
}
}
#endif
