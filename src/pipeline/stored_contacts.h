#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/time.h"
#include "guard/guard.h"
#include "model/contact.h"
#include "pipeline/hourly_contacts.h"
#include "store/history.h"

namespace noroshi {

/// Keeps the contacts of closed hours in the history, each hour once: its batches have numbers that
/// follow from the hour, so that what a crash interrupted is completed and not doubled. Safe to use
/// from several threads.
class StoredContacts {
 public:
  StoredContacts(History& history, Guard& guard) : history_(history), guard_(guard) {}

  /// Errors as History::insert_contacts; what was stored before one stays.
  Status store(std::uint64_t hour, const ContactSummary& summary);

  /// Closed hours of the last day that have flows and no contacts: what a restart left undone.
  [[nodiscard]] Result<std::vector<std::uint64_t>> unfinished(Timestamp now);

  /// What HourlyContacts needs to keep its hours here and to rebuild from the history's flows what
  /// it saw only in part. `now` is the clock; `failed` is told what could not be done, for the log.
  /// This must outlive whoever uses them.
  using Failed = std::function<void(const std::string& what, const std::string& why)>;
  [[nodiscard]] HourlyContacts::Dependencies dependencies(std::function<Timestamp()> now,
                                                          Failed failed);

 private:
  [[nodiscard]] std::size_t shard_of(std::uint64_t hour) { return hour % history_.shards(); }

  /// The stored flows of an hour, read by the system under the purpose of finding C&C servers.
  Status read_back(std::uint64_t hour, const std::function<Status(const FlowBatch&)>& add);

  History& history_;
  Guard& guard_;
};

}  // namespace noroshi
