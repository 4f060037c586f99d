#include "question/grouping.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace noroshi {
namespace {

bool key_is_less(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
  return std::ranges::lexicographical_compare(a, b);
}

struct Ranked {
  std::uint64_t rank = 0;
  std::uint32_t group = 0;
};

/// The groups that stand first by `order`, largest first, equal ones by key; `limit` 0: all.
std::vector<Ranked> largest(const GroupTable& table, Order order, std::uint64_t limit) {
  std::vector<Ranked> ranked(table.size());
  for (std::uint32_t group = 0; group < table.size(); ++group)
    ranked[group] = {rank_of(table.tally(group), order), group};
  const auto before = [&](const Ranked& a, const Ranked& b) {
    if (a.rank != b.rank) return a.rank > b.rank;
    return key_is_less(table.key(a.group), table.key(b.group));
  };
  const auto shown = limit == 0 ? ranked.size() : std::min<std::size_t>(limit, ranked.size());
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(shown),
                    ranked.end(), before);
  ranked.resize(shown);
  return ranked;
}

GroupTable::Config table_for(const KeyColumns& columns, const GroupingLimits& limits) {
  return {.words = columns.words(),
          .is_small = columns.is_small(),
          .most_groups = limits.most_groups,
          .hash_seed = limits.hash_seed};
}

}  // namespace

Grouping::Grouping(const GroupQuestion& question, GroupingLimits limits)
    : order_(question.order),
      limit_(question.limit),
      columns_(question.keys),
      table_(table_for(columns_, limits)) {}

void Grouping::add(const Selection& selection) {
  total_.add(selection.tally());
  if (columns_.words() == 0) return;
  for (std::size_t side = 0; side < columns_.sides(); ++side) {
    columns_.pack(selection, side, packed_);
    table_.add(selection, packed_);
  }
}

Answer Grouping::answer() const {
  Answer answer;
  answer.total = total_;
  if (columns_.words() == 0) {
    answer.rows.push_back({{}, total_});
    answer.groups = 1;
    return answer;
  }
  answer.groups = table_.size();
  answer.flows_not_grouped = table_.not_grouped();
  for (const auto& [rank, group] : largest(table_, order_, limit_))
    answer.rows.push_back({columns_.unpack(table_.key(group)), table_.tally(group)});
  return answer;
}

Series::Series(const SeriesQuestion& question, GroupingLimits limits)
    : order_(question.order),
      limit_(question.limit),
      split_(question.split.has_value()),
      columns_(split_ ? std::vector{*question.split} : std::vector<Key>{}, question.step),
      steps_({}, question.step),
      table_(table_for(columns_, limits)),
      others_(table_for(steps_, limits)) {}

void Series::add(const Selection& selection) {
  total_.add(selection.tally());
  for (std::size_t side = 0; side < columns_.sides(); ++side) {
    columns_.pack(selection, side, packed_);
    const auto before = table_.not_grouped();
    const auto groups = table_.add(selection, packed_);
    if (table_.not_grouped() == before || !split_) continue;
    std::vector<std::uint32_t> places;
    for (std::uint32_t place = 0; place < groups.size(); ++place)
      if (groups[place] == GroupTable::kNotGrouped) places.push_back(place);
    rest_.select(selection, places);
    steps_.pack(rest_, 0, packed_);
    others_.add(rest_, packed_);
  }
}

Answer Series::answer() const {
  Answer answer;
  answer.total = total_;
  answer.groups = table_.size();
  answer.flows_not_grouped = table_.not_grouped();

  // Of each value of the split, over the whole time: its rank among them.
  using Words = std::vector<std::uint64_t>;
  const auto value_of = [](std::span<const std::uint64_t> key) {
    return Words(key.begin() + 1, key.end());
  };
  std::map<Words, std::uint64_t> place_of;
  if (split_) {
    std::map<Words, Tally> values;
    for (std::uint32_t group = 0; group < table_.size(); ++group)
      values[value_of(table_.key(group))].add(table_.tally(group));
    std::vector<std::pair<std::uint64_t, Words>> ranked;
    for (const auto& [value, tally] : values) ranked.emplace_back(rank_of(tally, order_), value);
    std::ranges::stable_sort(ranked, std::ranges::greater(),
                             &std::pair<std::uint64_t, Words>::first);
    const auto shown = limit_ == 0 ? ranked.size() : std::min<std::size_t>(limit_, ranked.size());
    for (std::size_t place = 0; place < shown; ++place) place_of[ranked[place].second] = place;
  }

  // By time, then by place; what has no place is "other".
  std::map<std::pair<std::uint64_t, std::uint64_t>, AnswerRow> rows;
  const auto add = [&](const GroupTable& table, const KeyColumns& columns, std::uint32_t group,
                       bool has_place) {
    const auto key = table.key(group);
    const auto found = split_ && has_place ? place_of.find(value_of(key)) : place_of.end();
    const bool other = split_ && found == place_of.end();
    const auto place = !split_ ? 0 : other ? UINT64_MAX : found->second;
    auto& row = rows[{key[0], place}];
    row.key = other ? std::vector<KeyValue>{key[0]} : columns.unpack(key);
    row.tally.add(table.tally(group));
  };
  for (std::uint32_t group = 0; group < table_.size(); ++group) add(table_, columns_, group, true);
  for (std::uint32_t group = 0; group < others_.size(); ++group) add(others_, steps_, group, false);
  for (auto& [at, row] : rows) answer.rows.push_back(std::move(row));
  return answer;
}

}  // namespace noroshi
