#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_reader.h"
#include "question/question.h"
#include "store/sql/key_sql.h"

namespace noroshi {

/// Of all groups of an answer the `limit` largest.
class RankedRows {
 public:
  /// `limit` 0: all, up to GroupQuestion::kMostRows.
  RankedRows(std::vector<KeySql> keys, Order order, std::uint64_t limit);

  /// `keys` stands on the group's keys, in RowBinary.
  void add(ByteReader& keys, const Tally& tally);

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
  Order order_;
  std::uint64_t limit_;
  std::uint64_t groups_ = 0;
  Tally sum_;
  std::vector<Ranked> heap_;  ///< the smallest in front
};

}  // namespace noroshi
