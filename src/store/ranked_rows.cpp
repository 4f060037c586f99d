#include "store/ranked_rows.h"

#include <algorithm>
#include <utility>

namespace noroshi {

RankedRows::RankedRows(std::vector<KeySql> keys, TallySql tallies, Order order, std::uint64_t limit)
    : keys_(std::move(keys)),
      tallies_(tallies),
      order_(order),
      limit_(limit == 0 ? GroupQuestion::kMostRows : limit) {
  for (const auto& key : keys_) octets_of_keys_ += key.octets();
}

bool RankedRows::before(const Ranked& a, const Ranked& b) {
  if (a.rank != b.rank) return a.rank > b.rank;
  return a.row.key < b.row.key;
}

Status RankedRows::add(std::span<const std::byte> groups) {
  ByteReader reader(groups);
  while (!reader.at_end()) {
    auto key_reader = reader.read_section(octets_of_keys_);
    const auto tally = tallies_.read(reader);
    if (!reader.ok()) return failure(ErrorCode::kMalformed, "a group is cut short");
    ++groups_;
    sum_.add(tally);
    Ranked ranked{rank_of(tally, order_), {}};
    const bool full = heap_.size() == limit_;
    // Most groups end here.
    if (full && ranked.rank < heap_.front().rank) continue;
    for (const auto& key : keys_) ranked.row.key.push_back(key.read(key_reader));
    if (full && !before(ranked, heap_.front())) continue;
    ranked.row.tally = tally;
    if (full) {
      std::pop_heap(heap_.begin(), heap_.end(), before);
      heap_.pop_back();
    }
    heap_.push_back(std::move(ranked));
    std::push_heap(heap_.begin(), heap_.end(), before);
  }
  return {};
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
