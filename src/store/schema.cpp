#include "store/schema.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/byte_reader.h"
#include "base/check.h"
#include "store/contact_table.h"
#include "store/flow_table.h"
#include "store/rollup_sql.h"
#include "store/table.h"

namespace noroshi {
namespace {

constexpr StoredColumn kVersionColumns[] = {{"version", StoredType::kUInt32, "NONE"}};
constexpr StoredTable kVersions = {
    .name = "schema_version",
    .columns = kVersionColumns,
    .partition = "tuple()",
    .order = "version",
    .indexes = "",
};

void create(std::vector<std::string>& step, const StoredTable& table, const Engine& engine) {
  step.emplace_back(create_table(table, engine.version()).text());
  auto readable = engine.make_readable(table.name.text());
  if (!readable.empty()) step.push_back(std::move(readable));
}

Status record(Engine& engine, std::size_t shard, std::uint32_t version) {
  const std::array<std::uint32_t, 1> value = {version};
  Block block;
  block.table = kVersions.name.text();
  block.rows = 1;
  block.columns.push_back({"version", StoredType::kUInt32, std::as_bytes(std::span(value)).data()});
  return engine.insert(shard, block);
}

/// The version that a shard has, which must not be above `version`.
Result<std::uint32_t> version_to_step_from(Engine& engine, std::size_t shard,
                                           std::uint32_t version) {
  const auto present = TRY(schema_version_of(engine, shard));
  if (present > version)
    return failure(ErrorCode::kUnsupported,
                   fmt::format("the history was written by a newer Noroshi: its schema is {}, "
                               "this program knows {}; install the newer program",
                               present, version));
  return present;
}

}  // namespace

std::vector<const StoredTable*> stored_tables() {
  std::vector<const StoredTable*> tables = {&kVersions, &flow_table(), &contact_table()};
  for (const auto& table : rollup_tables()) tables.push_back(&table);
  return tables;
}

std::vector<std::string> schema_step(std::uint32_t version, const Engine& engine) {
  std::vector<std::string> step;
  switch (version) {
    case 1:
      create(step, kVersions, engine);
      create(step, flow_table(), engine);
      break;
    case 2:  // contacts, and trends without addresses
      create(step, contact_table(), engine);
      for (const auto& table : rollup_tables()) create(step, table, engine);
      break;
    case 3:  // settings that tables of before were created without
      if (engine.version() >= kMergeTreeSettingsSince)
        for (const auto* table : stored_tables()) step.emplace_back(change_settings(*table).text());
      break;
    default:
      CHECK(false);
  }
  return step;
}

Result<std::uint32_t> schema_version_of(Engine& engine, std::size_t shard) {
  const auto answer =
      engine.ask_shard(shard, "SELECT toUInt32(max(version)) FROM noroshi.schema_version");
  if (!answer && answer.error().code == ErrorCode::kNotFound) return 0;
  if (!answer) return tl::unexpected(answer.error());
  ByteReader reader(*answer);
  const auto version = reader.read_u32_le();
  if (!reader.ok()) return failure(ErrorCode::kMalformed, "the engine does not tell its schema");
  return version;
}

Result<std::vector<AwayShard>> bring_schema_to(Engine& engine, std::uint32_t version) {
  CHECK(version <= kSchemaVersion);
  std::vector<AwayShard> away;
  const auto look = [&](std::size_t shard, auto&& work) -> Status {
    auto done = work(shard);
    if (!done && done.error().code == ErrorCode::kUnavailable)
      away.push_back({shard, std::move(done).error()});
    else if (!done)
      return tl::unexpected(std::move(done).error());
    return {};
  };
  // No shard is touched before all have been looked at.
  for (std::size_t shard = 0; shard < engine.shards(); ++shard)
    TRY(look(shard, [&](std::size_t at) { return version_to_step_from(engine, at, version); }));
  std::vector<bool> is_away(engine.shards(), false);
  for (const auto& shard : away) is_away[shard.shard] = true;
  for (std::size_t shard = 0; shard < engine.shards(); ++shard)
    if (!is_away[shard])
      TRY(look(shard, [&](std::size_t at) { return bring_shard_to(engine, at, version); }));
  return away;
}

Status bring_shard_to(Engine& engine, std::size_t shard, std::uint32_t version) {
  const auto present = TRY(version_to_step_from(engine, shard, version));
  if (present == 0) TRY(engine.execute_on(shard, "CREATE DATABASE IF NOT EXISTS noroshi"));
  for (auto step = present + 1; step <= version; ++step) {
    for (const auto& statement : schema_step(step, engine))
      TRY(engine.execute_on(shard, statement));
    TRY(record(engine, shard, step));
  }
  return {};
}

}  // namespace noroshi
