#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "guard/guard.h"
#include "guard/old_rows_choice.h"
#include "guard/retention/deletion.h"
#include "guard/retention/holds.h"
#include "net/prefix.h"
#include "pipeline/deletion_record.h"
#include "store/history.h"
#include "store/spool.h"

namespace noroshi {

/// Sees to it, before anything is collected, that neither history nor spool holds an address of the
/// subscriber ranges in clear. What was once found clean under the same ranges is not looked
/// through again: everything since came in by the door.
///
/// Killed at any moment, it goes on with the next start, for what it was at is looked for anew and
/// a history puts half a rewriting in order. Not thread-safe.
class OldRowsCheck {
 public:
  struct Config {
    OldRows choice = OldRows::kRefuse;
    std::vector<Prefix> subscribers;
    std::filesystem::path mark;   ///< the file that says under which ranges all was clean
    std::filesystem::path spool;  ///< of flows that wait; need not be there
    std::filesystem::path key_file;
    std::string node;  ///< ours, among those that share the history
  };
  /// How far it is: rows of one table and some hours.
  struct Progress {
    const Deletion& of;
    std::uint64_t done = 0;  ///< rows of it
    bool waits = false;      ///< for the engine, which clears old rows from its disks
  };
  struct Dependencies {
    Guard& guard;
    HoldSource holds;
    DeletionRecord::Append record;
    /// Told of what was done to which rows, for the log.
    std::function<void(const std::string& what, const Deletion& of)> report;
    /// Told how far it is, often. An error ends it: what is done stays done.
    std::function<Status(const Progress&)> progress;
  };
  OldRowsCheck(Config config, Dependencies dependencies)
      : config_(std::move(config)), dependencies_(std::move(dependencies)) {}

  /// Before the spool is opened by anybody else. Batches that hold such an address are counted, or
  /// what the choice is.
  Status look_into_spool();
  /// After look_into_spool(). kPermission, with what is to be done: where the choice is to refuse,
  /// with how many rows of which hours there are; where it is to drop what an open case holds, with
  /// that case; where another node has its turn, with that node. Nothing is changed then.
  Status look_into(History& history);
  /// Flows are kept from now on under other ranges, or none: the next start looks again.
  Status forget();

 private:
  [[nodiscard]] bool is_marked() const;
  Status look_into(Spool& spool);
  /// A batch of which some rows hold such an address.
  Status clean(Spool& spool, const Spool::Waiting& waiting, FlowBatch& batch);
  [[nodiscard]] Result<std::vector<ClearRows>> search(History& history);
  /// Drops or rewrites every partition that holds some of the rows found.
  Status clean(History& history, const std::vector<ClearRows>& found);
  /// Refuses to drop what an open case holds.
  Status may_go(const HeldData& held, std::string_view table, Timestamp from, Timestamp to) const;
  Status on_record(const Deletion& of, const std::function<Status()>& act);
  [[nodiscard]] bool rewrites() const { return config_.choice == OldRows::kRewrite; }

  const Config config_;
  const Dependencies dependencies_;
  std::uint64_t spooled_ = 0;  ///< rows in clear that wait
};

}  // namespace noroshi
