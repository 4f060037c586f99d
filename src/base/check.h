#pragma once

#include <cstdio>
#include <cstdlib>

namespace noroshi::internal {

[[noreturn]] inline void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "noroshi: bug: CHECK(%s) failed at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace noroshi::internal

/// A broken invariant is a bug in Noroshi, never a property of the input: say where, and abort.
#define CHECK(condition)                                                 \
  do {                                                                   \
    if (!(condition)) [[unlikely]]                                       \
      ::noroshi::internal::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
