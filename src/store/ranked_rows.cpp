#include "store/ranked_rows.h"

#include <algorithm>
#include <utility>

namespace noroshi {

RankedRows::RankedRows(std::vector<KeySql> keys, Order order, std::uint64_t limit)
    : keys_(std::move(keys)),
      order_(order),
      limit_(limit == 0 ? GroupQuestion::kMostRows : limit) {}

bool RankedRows::before(const Ranked& a, const Ranked& b) {
  if (a.rank != b.rank) return a.rank > b.rank;
  return a.row.key < b.row.key;
}

void RankedRows::add(ByteReader& keys, const Tally& tally) {
  ++groups_;
  sum_.add(tally);
  Ranked ranked{rank_of(tally, order_), {}};
  const bool full = heap_.size() == limit_;
  // Most groups end here.
  if (full && ranked.rank < heap_.front().rank) return;
  for (const auto& key : keys_) ranked.row.key.push_back(key.read(keys));
  if (full && !before(ranked, heap_.front())) return;
  ranked.row.tally = tally;
  if (full) {
    std::pop_heap(heap_.begin(), heap_.end(), before);
    heap_.pop_back();
  }
  heap_.push_back(std::move(ranked));
  std::push_heap(heap_.begin(), heap_.end(), before);
}

std::vector<AnswerRow> RankedRows::take() {
  std::sort(heap_.begin(), heap_.end(), before);
  std::vector<AnswerRow> rows;
  rows.reserve(heap_.size());
  for (auto& ranked : heap_) rows.push_back(std::move(ranked.row));
  heap_.clear();
  return rows;
}

}  // namespace noroshi
