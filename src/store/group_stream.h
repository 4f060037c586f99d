#pragma once

#include <functional>

#include "base/byte_reader.h"
#include "base/result.h"
#include "question/question.h"
#include "store/engine.h"
#include "store/sql/question_sql.h"

namespace noroshi {

/// Groups rows of "flows" on all shards and hands on one group after the other.
class GroupStream {
 public:
  /// Groups of flows of fewer distinct subscriber lines than `least_lines` are left out.
  GroupStream(Engine& engine, std::uint32_t least_lines);

  /// Gets a reader that stands on the group's keys (the step's start before them) and the group's
  /// tally.
  using Group = std::function<Status(ByteReader& keys, const Tally& tally)>;
  Status groups(const Grouped& grouped, const Condition& filter, const TimeWindow& window,
                const Group& group) const;

  /// Runs `work`, which uses groups(); runs it again when rows came meanwhile that are of
  /// another kind than its statements were made for.
  Status with_facts(const TimeWindow& window, const std::function<Status()>& work);

 private:
  [[nodiscard]] Result<RowFacts> facts_of(const TimeWindow& window) const;

  Engine& engine_;
  std::string name_;
  SqlContext context_;
};

}  // namespace noroshi
