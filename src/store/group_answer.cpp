#include "store/group_answer.h"

#include <algorithm>

#include "store/ranked_rows.h"
#include "store/row_stream.h"
#include "store/sql/question_sql.h"
#include "store/sql/tally_sql.h"

namespace noroshi {
namespace {

Result<Tally> ask_total(Engine& engine, const GroupQuestion& question, const SqlTable& table) {
  const auto answer = TRY(engine.ask(total_sql(question.filter, question.window, table).text()));
  ByteReader reader(answer);
  const auto total = read_tally(reader);
  if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine does not tell the total");
  return total;
}

}  // namespace

Result<Answer> answer_groups(Engine& engine, const GroupQuestion& question) {
  const auto name = engine.readable("flows");
  const SqlTable table{name};
  Answer answer;
  answer.total = TRY(ask_total(engine, question, table));
  if (question.keys.empty()) {
    answer.groups = 1;
    answer.rows.push_back({{}, answer.total});
    return answer;
  }
  RankedRows ranked(question.keys, question.order, question.limit);
  RowStream rows(ranked.octets(),
                 [&](std::span<const std::byte> groups) { return ranked.add(groups); });
  TRY(engine.stream(groups_sql(question, table).text(),
                    [&](std::span<const std::byte> piece) { return rows.take(piece); }));
  TRY(rows.finish());
  answer.groups = ranked.groups();
  answer.rows = ranked.take();
  return answer;
}

}  // namespace noroshi
