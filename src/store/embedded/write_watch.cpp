#include "store/embedded/write_watch.h"

namespace noroshi {

Result<bool> WriteWatch::settle() {
  const std::lock_guard lock(mutex_);
  const auto failed = TRY(dependencies_.failed_writes());
  if (failed == settled_) return false;
  TRY(dependencies_.reopen());
  // What fails while the engine opens is for the next call: it may have begun to merge.
  settled_ = failed;
  return true;
}

}  // namespace noroshi
