#include "store/rollup.h"

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>
#include <utility>

#include "base/byte_reader.h"
#include "store/rollup_sql.h"
#include "store/row_stream.h"

namespace noroshi {
namespace {

constexpr std::uint64_t kMinute = 60'000;
constexpr std::uint64_t kHour = 3'600'000;

/// Pairs of numbers, as SELECTs of two UInt64 give them.
Result<std::map<std::uint64_t, std::uint64_t>> ask_pairs(Engine& engine, std::size_t shard,
                                                         SqlWords select) {
  const auto answer = TRY(engine.ask_shard(shard, select.text()));
  ByteReader reader(answer);
  std::map<std::uint64_t, std::uint64_t> pairs;
  while (!reader.at_end()) {
    const auto key = reader.read_u64_le();
    pairs[key] = reader.read_u64_le();
  }
  if (!reader.ok()) return failure(ErrorCode::kMalformed, "an answer of the engine is cut short");
  return pairs;
}

using TrendKey = std::tuple<std::uint64_t, IpAddress, std::uint32_t>;

TrendRow read_trend_row(ByteReader& reader) {
  TrendRow row;
  row.start = reader.read_u64_le();
  std::array<std::byte, 16> exporter{};
  const auto bytes = reader.read_bytes(exporter.size());
  std::copy(bytes.begin(), bytes.end(), exporter.begin());
  row.exporter = IpAddress::from_bytes(exporter);
  row.value = reader.read_u32_le();
  row.flows = reader.read_u64_le();
  row.packets = reader.read_u64_le();
  row.bytes = reader.read_u64_le();
  row.flows_of_unknown_sampling = reader.read_u64_le();
  row.estimated_packets = std::bit_cast<double>(reader.read_u64_le());
  row.estimated_bytes = std::bit_cast<double>(reader.read_u64_le());
  return row;
}

void add(std::map<TrendKey, TrendRow>& rows, const TrendRow& more) {
  auto& row = rows[{more.start, more.exporter, more.value}];
  row.start = more.start;
  row.exporter = more.exporter;
  row.value = more.value;
  row.flows += more.flows;
  row.packets += more.packets;
  row.bytes += more.bytes;
  row.flows_of_unknown_sampling += more.flows_of_unknown_sampling;
  row.estimated_packets += more.estimated_packets;
  row.estimated_bytes += more.estimated_bytes;
}

}  // namespace

Result<std::vector<std::uint64_t>> Rollups::pending() {
  std::vector<std::uint64_t> hours;
  for (std::size_t shard = 0; shard < engine_.shards(); ++shard) {
    const auto stored = TRY(ask_pairs(
        engine_, shard,
        "SELECT toUInt64(partition), toUInt64(sum(rows)) FROM system.parts WHERE database = "
        "'noroshi' AND table = 'flows' AND active GROUP BY partition"));
    const auto rolled_up =
        TRY(ask_pairs(engine_, shard,
                      "SELECT toUInt64(hour), argMax(rows, revision) FROM noroshi.rollup_hours "
                      "GROUP BY hour"));
    for (const auto& [hour, rows] : stored) {
      const auto found = rolled_up.find(hour);
      if (found == rolled_up.end() || found->second != rows) hours.push_back(hour);
    }
  }
  std::ranges::sort(hours);
  hours.erase(std::unique(hours.begin(), hours.end()), hours.end());
  return hours;
}

Result<std::uint64_t> Rollups::build(Timestamp now) {
  std::uint64_t built = 0;
  for (const auto hour : TRY(pending())) {
    if ((hour + 1) * kHour > to_unix_milliseconds(now)) continue;
    TRY(build_hour(hour, now));
    ++built;
  }
  return built;
}

Status Rollups::build_hour(std::uint64_t hour, Timestamp now) {
  // Above every revision of this hour, valid or left over; and not one that a statement, lost on
  // its way, may still write under.
  auto revision = to_unix_milliseconds(now);
  for (std::size_t shard = 0; shard < engine_.shards(); ++shard) {
    for (const SqlWords table : {SqlWords("rollup_1m"), SqlWords("rollup_hours")}) {
      Statement sql;
      sql << "SELECT toUInt64(max(revision)) FROM noroshi." << table << " WHERE hour = " << hour;
      const auto answer = TRY(engine_.ask_shard(shard, sql.text()));
      ByteReader reader(answer);
      revision = std::max(revision, reader.read_u64_le() + 1);
      if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine tells no revision");
    }
  }
  for (const auto& statement : rollup_sql(hour, revision)) TRY(engine_.execute(statement.text()));
  return {};
}

Result<std::vector<TrendRow>> Rollups::ask(const TrendQuestion& question) {
  if (question.step == 0 || question.step % kMinute != 0)
    return failure(ErrorCode::kInvalidArgument, "a trend needs a step of whole minutes");
  std::map<TrendKey, TrendRow> rows;
  const auto ask = [&](const Statement& sql) -> Status {
    RowStream stream(kTrendOctets, [&](std::span<const std::byte> bytes) {
      ByteReader reader(bytes);
      while (!reader.at_end()) add(rows, read_trend_row(reader));
      if (rows.size() > kMostRows)
        return Status(failure(ErrorCode::kLimit,
                              "too many steps: ask for longer ones, or for a shorter time"));
      return Status{};
    });
    TRY(engine_.stream(sql.text(),
                       [&](std::span<const std::byte> piece) { return stream.take(piece); }));
    return stream.finish();
  };
  const auto open = TRY(pending());
  const auto table = engine_.readable(rollup_for(question.step).text());
  TRY(ask(trend_sql(question, {table}, open)));
  const auto flows = engine_.readable("flows");
  for (const auto hour : open) {
    if ((hour + 1) * kHour <= question.window.from || hour * kHour >= question.window.to) continue;
    TRY(ask(trend_of_rows_sql(question, hour, {flows})));
  }
  std::vector<TrendRow> result;
  result.reserve(rows.size());
  for (const auto& [key, row] : rows) result.push_back(row);
  return result;
}

}  // namespace noroshi
