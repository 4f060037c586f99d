#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "question/question.h"
#include "store/sql/key_sql.h"
#include "store/sql/tally_sql.h"

namespace noroshi {

/// Reads groups as they come from the engine (keys, then a tally) and keeps the `limit` largest.
class RankedRows {
 public:
  /// `limit` 0: all, up to GroupQuestion::kMostRows.
  RankedRows(std::vector<KeySql> keys, TallySql tallies, Order order, std::uint64_t limit);

  /// Octets of one group.
  [[nodiscard]] std::size_t octets() const { return octets_of_keys_ + tallies_.octets(); }
  Status add(std::span<const std::byte> groups);

  /// How many groups there were.
  [[nodiscard]] std::uint64_t groups() const { return groups_; }
  /// What all groups add up to.
  [[nodiscard]] const Tally& sum() const { return sum_; }
  /// Largest first, equal ones by key.
  [[nodiscard]] std::vector<AnswerRow> take();

 private:
  struct Ranked {
    std::uint64_t rank = 0;
    AnswerRow row;
  };
  [[nodiscard]] static bool before(const Ranked& a, const Ranked& b);

  std::vector<KeySql> keys_;
  TallySql tallies_;
  Order order_;
  std::uint64_t limit_;
  std::size_t octets_of_keys_ = 0;
  std::uint64_t groups_ = 0;
  Tally sum_;
  std::vector<Ranked> heap_;  ///< the smallest in front
};

}  // namespace noroshi
