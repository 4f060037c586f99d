#include "store/group_answer.h"

#include <algorithm>
#include <utility>

#include "store/ranked_rows.h"
#include "store/row_stream.h"
#include "store/sql/question_sql.h"

namespace noroshi {
namespace {

Result<RowFacts> facts_of(Engine& engine, const TimeWindow& window, const SqlTable& table) {
  const auto answer = TRY(engine.ask(facts_sql(window, table).text()));
  return read_facts(answer);
}

Result<RankedRows> groups_of(Engine& engine, const GroupQuestion& question,
                             const SqlContext& context) {
  std::vector<KeySql> keys;
  for (const auto& key : question.keys) keys.emplace_back(key, context.engine_version);
  RankedRows ranked(std::move(keys), TallySql(context.facts), question.order, question.limit);
  RowStream rows(ranked.octets(),
                 [&](std::span<const std::byte> groups) { return ranked.add(groups); });
  TRY(engine.stream(groups_sql(question, context).text(),
                    [&](std::span<const std::byte> piece) { return rows.take(piece); }));
  TRY(rows.finish());
  return ranked;
}

bool counts_rows_twice(const GroupQuestion& question) {
  return std::any_of(question.keys.begin(), question.keys.end(),
                     [](const Key& key) { return is_either_side(key.element); });
}

}  // namespace

Result<Answer> answer_groups(Engine& engine, const GroupQuestion& question) {
  const auto name = engine.readable("flows");
  SqlContext context{.table = {name}, .engine_version = engine.version(), .facts = {}};
  context.facts = TRY(facts_of(engine, question.window, context.table));
  for (;;) {
    auto ranked = TRY(groups_of(engine, question, context));
    auto total = ranked.sum();
    if (counts_rows_twice(question)) {
      auto everything = question;
      everything.keys.clear();
      total = TRY(groups_of(engine, everything, context)).sum();
    }
    // Rows that came meanwhile may be of another kind than the statement was made for.
    const auto facts = TRY(facts_of(engine, question.window, context.table));
    if (facts != context.facts) {
      context.facts = facts;
      continue;
    }
    return Answer{.rows = ranked.take(), .total = total, .groups = ranked.groups()};
  }
}

}  // namespace noroshi
