#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "guard/guard.h"
#include "guard/old_rows_choice.h"
#include "guard/retention/holds.h"
#include "net/prefix.h"
#include "pipeline/deletion_record.h"
#include "store/history.h"

namespace noroshi {

/// Sees to it, before anything is collected, that neither history nor spool holds an address of the
/// subscriber ranges in clear. What was once found clean under the same ranges is not looked
/// through again: everything since came in by the door.
///
/// Not thread-safe.
class OldRowsCheck {
 public:
  struct Config {
    OldRows choice = OldRows::kRefuse;
    std::vector<Prefix> subscribers;
    std::filesystem::path mark;   ///< the file that says under which ranges all was clean
    std::filesystem::path spool;  ///< of flows that wait; need not be there
    std::filesystem::path key_file;
  };
  struct Dependencies {
    Guard& guard;
    HoldSource holds;  ///< absent: nothing is held
    DeletionRecord::Append record;
    /// Told of what was done to which rows, for the log.
    std::function<void(const std::string& what, const Deletion& of)> report;
  };
  OldRowsCheck(Config config, Dependencies dependencies)
      : config_(std::move(config)), dependencies_(std::move(dependencies)) {}

  /// Before the spool is opened by anybody else. Batches that hold such an address are counted, or
  /// what the choice is.
  Status look_into_spool();
  /// After look_into_spool(). kPermission, with how many rows of which hours there are and what may
  /// be done, where the choice is to refuse.
  Status look_into(History& history);
  /// Flows are kept from now on under other ranges, or none: the next start looks again.
  Status forget();

 private:
  [[nodiscard]] bool is_marked() const;
  /// Drops or rewrites every partition that holds some of the rows found.
  Status clean(History& history, const std::vector<ClearRows>& found);
  Status on_record(const Deletion& of, const std::function<Status()>& act);

  const Config config_;
  const Dependencies dependencies_;
  std::uint64_t spooled_ = 0;  ///< rows in clear that wait
};

}  // namespace noroshi
