#include "store/sql/tally_sql.h"

#include <bit>

#include "question/selection.h"
#include "store/sql/row_terms.h"
#include "store/sql/where_sql.h"

namespace noroshi {
namespace {

constexpr std::size_t kSums = 5;

SqlWords sums_of(const RowFacts& facts) {
#define NOROSHI_SQL_TIMES ", minIf(" NOROSHI_SQL_FIRST ", last != duration), max(last)"
  if (facts.one_way()) return "count(), sum(packets), sum(bytes)" NOROSHI_SQL_TIMES;
  return "count(), sum" NOROSHI_SQL_PACKETS ", sum" NOROSHI_SQL_BYTES NOROSHI_SQL_TIMES;
}

#define NOROSHI_SQL_SQUARES                                          \
  "if(packets + reverse_packets = 0, 0, toFloat64" NOROSHI_SQL_BYTES \
  " * toFloat64" NOROSHI_SQL_BYTES " / toFloat64" NOROSHI_SQL_PACKETS ")"
#define NOROSHI_SQL_SPREAD "(toFloat64(sampling_rate) * toFloat64(sampling_rate - 1))"

double read_float(ByteReader& row) { return std::bit_cast<double>(row.read_u64_le()); }

}  // namespace

Statement facts_sql(const TimeWindow& window, const SqlTable& table) {
  Statement sql;
  return sql << "SELECT min(sampling_rate), max(sampling_rate), max(kind) FROM " << table
             << where_sql({Everything{}}, window, Kinds::kAll);
}

Result<RowFacts> read_facts(std::span<const std::byte> answer) {
  ByteReader reader(answer);
  RowFacts facts;
  facts.lowest_rate = reader.read_u32_le();
  facts.highest_rate = reader.read_u32_le();
  facts.highest_kind = reader.read_u8();
  if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine does not tell its rows");
  return facts;
}

Statement TallySql::aggregates() const {
  Statement sql;
  sql << sums_of(facts_);
  if (needs_squares()) sql << ", sum(" NOROSHI_SQL_SQUARES ")";
  if (facts_.one_rate()) return sql;
  return sql << ", countIf(sampling_rate = 0), countIf(sampling_rate > 1)"
                ", sum(toFloat64" NOROSHI_SQL_PACKETS
                " * sampling_rate)"
                ", sum(toFloat64" NOROSHI_SQL_BYTES
                " * sampling_rate)"
                ", sumIf(toFloat64" NOROSHI_SQL_PACKETS " * " NOROSHI_SQL_SPREAD
                ", sampling_rate > 1)"
                ", sumIf(" NOROSHI_SQL_SQUARES " * " NOROSHI_SQL_SPREAD ", sampling_rate > 1)";
}

std::size_t TallySql::octets() const {
  const std::size_t numbers = kSums + (facts_.one_rate() ? (needs_squares() ? 1 : 0) : 6);
  return numbers * 8;
}

Tally TallySql::read(ByteReader& row) const {
  Tally tally;
  tally.flows = row.read_u64_le();
  tally.packets = row.read_u64_le();
  tally.bytes = row.read_u64_le();
  tally.first = row.read_u64_le();
  tally.last = row.read_u64_le();
  if (!facts_.one_rate()) {
    tally.flows_of_unknown_sampling = row.read_u64_le();
    tally.sampled_flows = row.read_u64_le();
    tally.estimated_packets = read_float(row);
    tally.estimated_bytes = read_float(row);
    tally.packets_variance = read_float(row);
    tally.bytes_variance = read_float(row);
    return tally;
  }
  const auto rate = facts_.lowest_rate;
  if (rate == 0) {
    tally.flows_of_unknown_sampling = tally.flows;
    return tally;
  }
  const auto count = estimate(tally.packets, tally.bytes, rate);
  tally.estimated_packets = count.packets;
  tally.estimated_bytes = count.bytes;
  tally.packets_variance = count.packets_variance;
  if (rate > 1) {
    tally.sampled_flows = tally.flows;
    const auto n = static_cast<double>(rate);
    tally.bytes_variance = read_float(row) * (n * (n - 1));
  }
  return tally;
}

}  // namespace noroshi
