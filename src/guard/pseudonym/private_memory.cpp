#include "guard/pseudonym/private_memory.h"

#include <openssl/crypto.h>
#include <sys/mman.h>

#include "base/check.h"

// Door (in): memory for secrets. Guard: no file: locked, wiped, in no core dump.

namespace noroshi {
namespace {

/// Locked memory is scarce (8 MiB for a service): keys get it, tables of a whole /8 do not ask.
constexpr std::size_t kMostLocked = 64 * 1024;
/// From here on large pages save a good part of the address translations of random look-ups.
constexpr std::size_t kLargePage = 2 * 1024 * 1024;

}  // namespace

PrivateMemory::PrivateMemory(std::size_t bytes) : bytes_(bytes) {
  begin_ = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(begin_ != MAP_FAILED);
  ::madvise(begin_, bytes, MADV_DONTDUMP);
  if (bytes <= kMostLocked) ::mlock(begin_, bytes);
  if (bytes >= kLargePage) ::madvise(begin_, bytes, MADV_HUGEPAGE);
}

PrivateMemory::~PrivateMemory() {
  if (begin_ == nullptr) return;
  ::OPENSSL_cleanse(begin_, bytes_);
  ::munmap(begin_, bytes_);
}

}  // namespace noroshi
