#include "store/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/byte_reader.h"
#include "store/answers.h"
#include "store/flow_table.h"
#include "store/row_reader.h"
#include "store/schema.h"
#include "store/sql/statement.h"

namespace noroshi {

class History::Implementation {
 public:
  explicit Implementation(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

  [[nodiscard]] Engine& engine() { return *engine_; }

 private:
  std::unique_ptr<Engine> engine_;
};

History::History(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
History::~History() = default;

Result<std::unique_ptr<History>> History::open(std::unique_ptr<Engine> engine) {
  if (auto ready = bring_schema_to(*engine); !ready)
    return tl::unexpected(in_context(engine->describe(), std::move(ready).error()));
  return std::unique_ptr<History>(new History(std::make_unique<Implementation>(std::move(engine))));
}

Engine& History::engine() { return implementation_->engine(); }

Status History::insert(std::size_t shard, BatchId batch, const FlowBatch& rows) {
  if (rows.empty()) return {};
  const auto hour = hour_of(rows.last().front());
  const bool one_hour = std::all_of(rows.last().begin(), rows.last().end(),
                                    [&](std::uint64_t last) { return hour_of(last) == hour; });
  if (!one_hour || rows.size() > Engine::kMostRows || batch == 0)
    return failure(
        ErrorCode::kInvalidArgument,
        fmt::format("a batch of {} rows cannot be stored: one hour, at most {} rows, and "
                    "a number are needed",
                    rows.size(), Engine::kMostRows));
  return engine().insert(shard, FlowBlock(rows, batch).block());
}

Result<std::uint64_t> History::rows_of(std::size_t shard, BatchId batch, std::uint64_t hour) {
  Statement sql;
  sql << "SELECT count() FROM noroshi.flows WHERE last >= " << hour * 3'600'000 << " AND last < "
      << (hour + 1) * 3'600'000 << " AND batch = " << batch;
  const auto answer = TRY(engine().ask_shard(shard, sql.text()));
  ByteReader reader(answer);
  const auto rows = reader.read_u64_le();
  if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine does not count");
  return rows;
}

Result<Answer> History::ask(const GroupQuestion& question) { return answer(engine(), question); }

Result<Answer> History::ask(const SeriesQuestion& question) { return answer(engine(), question); }

Status History::read(const RowsQuestion& question,
                     const std::function<Status(const FlowBatch&)>& sink) {
  return read_rows(engine(), question, sink);
}

}  // namespace noroshi
