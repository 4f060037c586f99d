#include "store/retention_forecast.h"

#include <algorithm>
#include <map>

namespace noroshi {
namespace {

constexpr std::uint64_t kHour = 3'600'000;

using Tables = std::map<std::string, TableForecast, std::less<>>;

Tables tables_of(const std::vector<Partition>& partitions, const RetentionLimits& limits,
                 const IsHeld& is_held) {
  Tables tables;
  for (const auto& partition : partitions) {
    auto& table = tables[partition.table];
    if (table.stored.partitions == 0) table.oldest = partition.begin;
    table.oldest = std::min(table.oldest, partition.begin);
    table.newest = std::max(table.newest, partition.end);
    table.stored.add(partition);
    const bool held = is_held && is_held(partition);
    if (held) table.held.add(partition);
    const auto limit = limits.tables.find(partition.table);
    if (limit == limits.tables.end() || limit->second.hours == 0) continue;
    table.hours_kept = limit->second.hours;
    if (held) continue;
    const auto goes = from_unix_milliseconds((partition.end + table.hours_kept) * kHour);
    table.next = table.next ? std::min(*table.next, goes) : goes;
  }
  for (auto& [name, table] : tables) table.table = name;
  return tables;
}

/// Without the limits of time: what is left are those of room.
RetentionLimits limits_of_room(RetentionLimits limits) {
  for (auto& [name, table] : limits.tables) table.hours = 0;
  return limits;
}

}  // namespace

RetentionForecast forecast_retention(const std::vector<Partition>& partitions,
                                     const RetentionLimits& limits,
                                     const std::optional<DiskState>& disk, Timestamp now,
                                     const IsHeld& is_held) {
  auto tables = tables_of(partitions, limits, is_held);
  for (const auto& partition : plan_drops(partitions, limits, disk, now, is_held).kept)
    tables[partition.table].overdue.add(partition);
  for (std::size_t i = 0; i < kForecastHorizons.size(); ++i)
    for (const auto& drop :
         plan_drops(partitions, limits, disk, now + kForecastHorizons[i], is_held).drops)
      tables[drop.partition.table].going[i].add(drop.partition);

  RetentionForecast forecast;
  forecast.disk = disk;
  forecast.least_free = limits.least_free;
  const auto most = most_bytes_of(limits, disk);
  forecast.most_bytes = most == UINT64_MAX ? 0 : most;
  for (const auto& drop : plan_drops(partitions, limits_of_room(limits), disk, now, is_held).drops)
    forecast.for_room.add(drop.partition);
  for (auto& [name, table] : tables) {
    forecast.bytes += table.stored.bytes;
    forecast.tables.push_back(std::move(table));
  }
  return forecast;
}

}  // namespace noroshi
