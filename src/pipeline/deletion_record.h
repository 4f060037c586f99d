#pragma once

#include <cstdint>
#include <deque>
#include <functional>

#include "base/result.h"
#include "guard/audit/entry.h"
#include "guard/retention/deletion.h"
#include "guard/retention/holds.h"
#include "store/retention.h"

namespace noroshi {

/// The deletion that a drop is; with the cases that hold it, where it goes all the same.
[[nodiscard]] Deletion deletion_of(const Drop& drop, const HeldData& held);
[[nodiscard]] bool is_held(const HeldData& held, const Partition& partition);

/// Puts drops on record, each before it happens and after. Nothing is dropped unrecorded, with one
/// exception: when the audit cannot be written and the disk is too full, dropping is what makes
/// room for it. Those entries wait, and follow as soon as they can be written.
///
/// Not thread-safe.
class DeletionRecord {
 public:
  /// Writes to the audit; returns when it is on disk.
  using Append = std::function<Status(AuditEntry)>;
  explicit DeletionRecord(Append append) : append_(std::move(append)) {}

  /// On an error the drop must not happen.
  Status before(const Drop& drop, const HeldData& held);
  void after(const Drop& drop, const HeldData& held, const Status& outcome);
  /// Writes what waits; called by both of the above.
  Status catch_up();
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  static constexpr std::size_t kMostWaiting = 2000;

 private:
  Append append_;
  std::deque<AuditEntry> waiting_;
};

}  // namespace noroshi
