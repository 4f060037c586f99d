#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "guard/audit/finding.h"
#include "guard/audit/folder.h"
#include "guard/audit/line.h"

namespace noroshi {

/// Whether lines, given one after the other, are the whole chain, and if not, what was done to it.
///
/// Links are checked by number, not by place: an entry is held against what its successor names as
/// the hash of its predecessor, wherever the two stand. So an entry that was moved is told from one
/// that is gone, and both from one that was changed. Memory does not grow with the chain.
class ChainCheck {
 public:
  /// `before` the first entry; `head` as the file of that name says, or nothing.
  ChainCheck(const AuditHead& before, std::optional<AuditHead> head, AuditFindings& findings);

  /// A file begins.
  void segment(const AuditSegment& segment);
  /// An entry. True when it is the next one, in its place.
  bool entry(const AuditLine& line, const Digest& hash, const AuditPlace& place);
  /// A line that is none.
  void no_entry(const AuditPlace& place);
  /// The last file ends within a line of `octets`.
  void unfinished(std::uint64_t octets, const AuditPlace& place);
  void finish();

  /// Of an entry that passed lately (65,536 are remembered).
  [[nodiscard]] std::optional<Digest> hash_of(std::uint64_t sequence) const;
  [[nodiscard]] std::uint64_t last() const { return highest_; }

 private:
  struct Slot {
    std::uint64_t key = 0;  // sequence + 1
    Digest hash;
  };
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::string text;  // a place, or a reason
    bool segment = false;
  };
  static constexpr std::size_t kSlots = 65'536;
  static constexpr std::size_t kMostRanges = 4096;

  void remember(std::uint64_t sequence, const Digest& hash);
  void link(std::uint64_t sequence, const Digest& previous, const Digest& hash);
  void gap(std::uint64_t next, const AuditPlace& place);
  void strangers(std::uint64_t lines);
  [[nodiscard]] bool was_missing(std::uint64_t sequence);
  void altered(std::uint64_t sequence, const std::string& why);
  void tell_altered();
  void tell_empty();
  void tell_missing(const Range& range);

  std::optional<AuditHead> head_;
  AuditFindings& findings_;
  std::vector<Slot> slots_;
  std::uint64_t highest_;
  std::optional<AuditSegment> begun_;  // a file of which no entry has come yet
  std::vector<std::string> unread_;    // places of lines that are no entries, since the last entry
  std::uint64_t unread_beyond_ = 0;
  std::vector<Range> missing_;
  std::map<std::uint64_t, Digest> claims_;  // of entries that are missing so far
  std::optional<Range> altered_;
};

}  // namespace noroshi
