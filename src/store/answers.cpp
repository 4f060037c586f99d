#include "store/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "store/group_stream.h"
#include "store/ranked_rows.h"
#include "store/rounding.h"

namespace noroshi {
namespace {

std::vector<KeySql> sql_of(const std::vector<Key>& keys, const Engine& engine) {
  std::vector<KeySql> columns;
  for (const auto& key : keys) columns.emplace_back(key, engine.version());
  return columns;
}

bool counts_rows_twice(const std::vector<Key>& keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [](const Key& key) { return is_either_side(key.element); });
}

/// The total of rows out of the sum of their groups. An either-side element puts every row into
/// exactly two groups, or twice into one.
Tally total_of(Tally sum, const std::vector<Key>& keys) {
  if (!counts_rows_twice(keys)) return sum;
  for (auto* number :
       {&sum.flows, &sum.packets, &sum.bytes, &sum.flows_of_unknown_sampling, &sum.sampled_flows})
    *number /= 2;
  for (auto* number :
       {&sum.estimated_packets, &sum.estimated_bytes, &sum.packets_variance, &sum.bytes_variance})
    *number /= 2;
  return sum;
}

/// The rows of a series: by time, then by the place that their value has over the whole time; what
/// has none is "other", after them.
class SeriesRows {
 public:
  explicit SeriesRows(const std::vector<AnswerRow>& largest) {
    for (std::size_t place = 0; place < largest.size(); ++place)
      place_of_[largest[place].key] = place;
  }

  Status add(std::uint64_t start, std::vector<KeyValue> value, const Tally& tally) {
    const auto found = place_of_.find(value);
    const bool other = found == place_of_.end();
    auto& row = rows_[{start, other ? UINT64_MAX : found->second}];
    if (row.key.empty()) {
      row.key.emplace_back(start);
      if (!other) row.key.insert(row.key.end(), value.begin(), value.end());
      if (rows_.size() > GroupQuestion::kMostRows)
        return failure(ErrorCode::kLimit,
                       fmt::format("a series of more than {} rows: take a longer step or a shorter "
                                   "time",
                                   GroupQuestion::kMostRows));
    }
    row.tally.add(tally);
    return {};
  }

  [[nodiscard]] std::vector<AnswerRow> take() {
    std::vector<AnswerRow> rows;
    rows.reserve(rows_.size());
    for (auto& [at, row] : rows_) rows.push_back(std::move(row));
    rows_.clear();
    return rows;
  }

 private:
  std::map<std::vector<KeyValue>, std::uint64_t> place_of_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, AnswerRow> rows_;
};

}  // namespace

Result<Answer> answer(Engine& engine, const Granted<GroupQuestion>& granted) {
  const auto& question = granted.question();
  GroupStream stream(engine, granted.terms().suppress_below);
  Answer answer;
  TRY(stream.with_facts(question.window, [&]() -> Status {
    RankedRows ranked(sql_of(question.keys, engine), question.order, question.limit);
    TRY(stream.groups({.step = 0, .keys = question.keys}, question.filter, question.window,
                      [&](ByteReader& keys, const Tally& tally) {
                        ranked.add(keys, tally);
                        return Status{};
                      }));
    answer.total = total_of(ranked.sum(), question.keys);
    answer.groups = ranked.groups();
    answer.rows = ranked.take();
    return {};
  }));
  round(answer, granted.terms());
  return answer;
}

Result<Answer> answer(Engine& engine, const Granted<SeriesQuestion>& granted) {
  const auto& question = granted.question();
  if (question.step == 0)
    return failure(ErrorCode::kInvalidArgument, "a series needs a step above 0");
  GroupStream stream(engine, granted.terms().suppress_below);
  std::vector<Key> keys;
  if (question.split) keys.push_back(*question.split);
  const auto columns = sql_of(keys, engine);
  Answer answer;
  TRY(stream.with_facts(question.window, [&]() -> Status {
    RankedRows ranked(columns, question.order, question.limit);
    if (question.split)
      TRY(stream.groups({.step = 0, .keys = keys}, question.filter, question.window,
                        [&](ByteReader& reader, const Tally& tally) {
                          ranked.add(reader, tally);
                          return Status{};
                        }));
    SeriesRows rows(ranked.take());
    Tally sum;
    answer.groups = 0;
    TRY(stream.groups({.step = question.step, .keys = keys}, question.filter, question.window,
                      [&](ByteReader& reader, const Tally& tally) {
                        const auto start = reader.read_u64_le();
                        std::vector<KeyValue> value;
                        for (const auto& column : columns) value.push_back(column.read(reader));
                        ++answer.groups;
                        sum.add(tally);
                        return rows.add(start, std::move(value), tally);
                      }));
    answer.total = total_of(sum, keys);
    answer.rows = rows.take();
    return {};
  }));
  round(answer, granted.terms());
  return answer;
}

}  // namespace noroshi
