#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "guard/audit/entry.h"
#include "guard/audit/folder.h"
#include "guard/audit/moment.h"
#include "net/prefix.h"

namespace noroshi {

/// The record of every act that the guard stands before: entries in a chain of hashes, in files
/// that only grow (docs/reference/audit.md). One process has a folder open at a time.
///
/// Thread-safe. Whoever permits a read appends its entry first and refuses the read when that
/// fails: nothing is read unrecorded.
class Audit {
 public:
  struct Config {
    std::filesystem::path folder;  ///< made, mode 0700, when it is not there
    std::string node;              ///< whose chain this is; stands in every entry
    std::uint64_t segment_bytes = std::uint64_t{64} << 20;  ///< a longer file is not begun
    std::vector<Prefix> subscribers;  ///< whose addresses no entry may hold in clear
  };

  /// Takes up the chain where it ended. A last line cut short by a crash was never acknowledged: it
  /// is cut off, and an entry `recovered` says so. Anything else that is wrong with the last two
  /// segments or the head is kMalformed, and nothing is changed: a person decides
  /// (begin_new_chain()). kUnavailable where another process has the folder open.
  [[nodiscard]] static Result<std::unique_ptr<Audit>> open(Config config,
                                                           AuditClock clock = system_moment);
  ~Audit();
  Audit(const Audit&) = delete;
  Audit& operator=(const Audit&) = delete;

  /// Returns the entry's sequence once it is on disk; callers at the same time share one wait for
  /// the disk. kInvalidArgument: a kind that is not in kinds.h; kPermission: a subscriber's address
  /// in clear; kLimit: longer than a line may be; kIo: the disk is full or broken, and the chain is
  /// as it was before.
  [[nodiscard]] Result<std::uint64_t> append(AuditEntry entry);

  /// How far the chain is on disk, for a reader beside the writer.
  [[nodiscard]] AuditEnd end() const;
  void set_subscribers(std::vector<Prefix> subscribers);
  [[nodiscard]] const std::filesystem::path& folder() const { return config_.folder; }

  struct Statistics {
    std::uint64_t entries = 0;   ///< appended since the opening
    std::uint64_t failures = 0;  ///< entries that could not be written, or were refused
    std::uint64_t syncs = 0;
    std::uint64_t sequence = 0;  ///< of the chain's last entry
  };
  [[nodiscard]] Statistics statistics() const;

 private:
  /// What callers at the same time write together. Shared: each of them waits for its outcome.
  struct Group {
    std::string lines;
    std::uint64_t first = 0;
    AuditHead last;
    std::uint64_t entries = 0;
    std::optional<Status> outcome;
  };

  Audit(Config config, AuditClock clock, File lock);
  Status take_up();
  Status make_head();
  Status cut_unfinished(const AuditSegment& segment, std::uint64_t whole_bytes);
  [[nodiscard]] std::optional<Error> fault_of(const AuditEntry& entry) const;
  [[nodiscard]] std::shared_ptr<Group> join(const std::string& line, std::uint64_t sequence);
  void lead(std::unique_lock<std::mutex>& lock);
  Status write(const Group& group);
  Status write_head(const AuditHead& head);
  Status begin_segment(std::uint64_t first);

  Config config_;
  const AuditClock clock_;
  const File lock_;

  mutable std::mutex mutex_;
  std::condition_variable written_;
  AuditHead last_;                    // given out, perhaps not on disk yet
  std::shared_ptr<Group> gathering_;  // the group that callers join
  bool writing_ = false;              // somebody leads
  std::optional<Error> broken_;       // the disk holds we do not know what
  AuditEnd end_;
  Statistics statistics_;

  // Of whoever leads.
  std::optional<File> head_file_;
  std::optional<File> segment_;
};

}  // namespace noroshi
