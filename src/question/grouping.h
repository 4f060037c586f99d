#pragma once

#include <cstdint>
#include <vector>

#include "question/group_table.h"
#include "question/key_columns.h"
#include "question/question.h"
#include "question/selection.h"

namespace noroshi {

/// Limits of an answer in the making.
struct GroupingLimits {
  std::uint64_t most_groups = GroupQuestion::kMostRows;
  std::uint64_t hash_seed = 0;  ///< any number that outsiders cannot know
};

/// Answers one GroupQuestion from selections of batches, in any order: the peer of nfdump's -s and
/// -A. The filter and the window are the selection's business. Not thread-safe.
class Grouping {
 public:
  Grouping(const GroupQuestion& question, GroupingLimits limits);

  void add(const Selection& selection);
  [[nodiscard]] Answer answer() const;

 private:
  Order order_;
  std::uint64_t limit_;
  KeyColumns columns_;
  GroupTable table_;
  Tally total_;
  std::vector<std::uint64_t> packed_;
};

/// Answers one SeriesQuestion in the same way. Rows stand by time, within a step by the rank that
/// their value has over the whole time, "other" last.
class Series {
 public:
  Series(const SeriesQuestion& question, GroupingLimits limits);

  void add(const Selection& selection);
  [[nodiscard]] Answer answer() const;

 private:
  Order order_;
  std::uint64_t limit_;
  bool split_;
  KeyColumns columns_;
  KeyColumns steps_;  ///< the time alone
  GroupTable table_;
  GroupTable others_;  ///< by time: rows that would have been a group too many
  Tally total_;
  std::vector<std::uint64_t> packed_;
  Selection rest_;
};

}  // namespace noroshi
