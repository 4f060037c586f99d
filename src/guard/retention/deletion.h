#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/bilingual.h"
#include "base/time.h"
#include "guard/audit/entry.h"

namespace noroshi {

/// Why stored data goes.
enum class DeletionReason : std::uint8_t {
  kAge,        ///< kept as long as the configuration says
  kTableSize,  ///< its table is too large
  kDiskShare,  ///< all tables together take more than their share of the disk
  kDiskFree,   ///< too little of the disk is free
  kInClear,    ///< subscribers' addresses stand in it in clear
};
/// "disk-share": as the audit spells it.
[[nodiscard]] std::string_view name_of(DeletionReason reason);
/// What people call it; the word itself when it is none of ours.
[[nodiscard]] Bilingual words_of_deletion_reason(std::string_view name);

/// Rows of one table and some hours, deleted together, or rewritten: with pseudonyms in the place
/// of addresses, no row less.
struct Deletion {
  enum class Act : std::uint8_t { kDeleted, kRewritten };
  std::string table;
  Timestamp from;
  Timestamp to;  ///< exclusive
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::string why;                 ///< name_of(DeletionReason)
  std::vector<std::string> cases;  ///< that held it: gone all the same, as nothing else could go
  Act act = Act::kDeleted;

  friend bool operator==(const Deletion&, const Deletion&) = default;
};

/// The two entries of one deletion: that it begins, and how it went. `late` where the disk was too
/// full to write the first one in time.
[[nodiscard]] AuditEntry entry_before(const Deletion& deletion, bool late = false);
[[nodiscard]] AuditEntry entry_after(const Deletion& deletion, bool done);

/// "deleted", "rewritten": the kind of its entries.
[[nodiscard]] std::string_view name_of(Deletion::Act act);
[[nodiscard]] const Bilingual& words_of(Deletion::Act act);

/// A deletion as the audit tells of it.
struct RecordedDeletion {
  enum class Outcome : std::uint8_t {
    kDone,
    kFailed,
    kUnknown,  ///< the program ended meanwhile; it is deleted again when it is still there
  };
  Deletion deletion;
  Timestamp time;              ///< it began
  std::uint64_t sequence = 0;  ///< of the entry
  Outcome outcome = Outcome::kUnknown;
};
[[nodiscard]] std::string_view name_of(RecordedDeletion::Outcome outcome);
[[nodiscard]] const Bilingual& words_of(RecordedDeletion::Outcome outcome);

/// Makes the list of deletions out of the audit's entries, given in their order. Those beyond
/// `most` push the oldest out.
class DeletionList {
 public:
  explicit DeletionList(std::size_t most = 100'000) : most_(most) {}

  void add(const RecordedEntry& recorded);
  /// In the order they began.
  [[nodiscard]] std::vector<RecordedDeletion> take();
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  using Key = std::tuple<std::string, Timestamp, Timestamp>;
  std::size_t most_;
  std::map<std::uint64_t, RecordedDeletion> list_;  // by sequence
  std::map<Key, std::uint64_t> begun_;
  std::uint64_t left_out_ = 0;
};

}  // namespace noroshi
