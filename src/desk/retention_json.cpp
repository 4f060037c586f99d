#include "desk/retention_json.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "guard/retention/reading_windows.h"
#include "store/retention_forecast.h"

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kHour = 3'600'000;

Timestamp moment_of(std::uint64_t hour) { return from_unix_milliseconds(hour * kHour); }

Json json_of(const StoredAmount& amount) {
  return {{"partitions", amount.partitions}, {"rows", amount.rows}, {"bytes", amount.bytes}};
}

Json json_of(const TableForecast& table) {
  auto going = Json::array();
  for (std::size_t i = 0; i < kForecastHorizons.size(); ++i) {
    auto within = json_of(table.going[i]);
    within["within_hours"] = kForecastHorizons[i].count();
    going.push_back(std::move(within));
  }
  return {{"table", table.table},
          {"hours_kept", table.hours_kept},
          {"stored", json_of(table.stored)},
          {"from", to_rfc3339(moment_of(table.oldest))},
          {"to", to_rfc3339(moment_of(table.newest))},
          {"going", std::move(going)},
          {"next", table.next ? Json(to_rfc3339(*table.next)) : Json(nullptr)},
          {"held", json_of(table.held)},
          {"overdue", json_of(table.overdue)}};
}

Json holds_of(const RetentionState& state, const HeldData& held) {
  auto list = Json::array();
  for (const auto& hold : held.all()) {
    const HeldData one({hold});
    std::map<std::string, StoredAmount> tables;
    for (const auto& partition : state.partitions)
      if (is_held(one, partition)) tables[partition.table].add(partition);
    auto amounts = Json::array();
    for (const auto& [name, amount] : tables) {
      auto json = json_of(amount);
      json["table"] = name;
      amounts.push_back(std::move(json));
    }
    list.push_back({{"case", hold.case_id},
                    {"from", to_rfc3339(hold.from)},
                    {"to", to_rfc3339(hold.to)},
                    {"tables", std::move(amounts)}});
  }
  return list;
}

/// Rows that ended before anybody's window begins.
StoredAmount older_than(const RetentionState& state, std::string_view table, Timestamp moment) {
  StoredAmount amount;
  for (const auto& partition : state.partitions)
    if (partition.table == table && moment_of(partition.end) <= moment) amount.add(partition);
  return amount;
}

std::uint64_t days_kept(const RetentionState& state, std::string_view table) {
  const auto found = state.limits.tables.find(table);
  return found == state.limits.tables.end() ? 0 : found->second.hours / 24;
}

Json windows_of(const RetentionState& state, const Policy& policy, Timestamp now) {
  const auto windows = reading_windows(policy);
  auto list = Json::array();
  for (const auto table : {GuardedTable::kFlows, GuardedTable::kContacts}) {
    const auto kept = days_kept(state, name_of(table));
    const auto longest = longest_window(windows, table);
    auto shorter = Json::array();
    for (const auto& window : windows)
      if (window.table == table && window.days > 0 && (kept == 0 || window.days < kept))
        shorter.push_back({{"purpose", window.purpose}, {"days", window.days}});
    const auto unread = longest
                            ? older_than(state, name_of(table), now - std::chrono::days(*longest))
                            : StoredAmount{};
    list.push_back({{"table", name_of(table)},
                    {"days_kept", kept},
                    {"longest_window_days", longest ? Json(*longest) : Json(nullptr)},
                    {"purposes_that_read_less", std::move(shorter)},
                    {"nobody_may_read", json_of(unread)},
                    {"nobody_will_read", longest.has_value() && (kept == 0 || *longest < kept)}});
  }
  return list;
}

}  // namespace

std::string retention_plan_to_json(const RetentionState& state, const HeldData& held,
                                   const Policy& policy, Timestamp now) {
  const auto forecast =
      forecast_retention(state.partitions, state.limits, state.disk, now,
                         [&](const Partition& partition) { return is_held(held, partition); });
  auto tables = Json::array();
  for (const auto& table : forecast.tables) tables.push_back(json_of(table));
  Json disk = nullptr;
  if (forecast.disk) disk = {{"size", forecast.disk->size}, {"free", forecast.disk->free}};
  const Json document = {{"now", to_rfc3339(now)},
                         {"tables", std::move(tables)},
                         {"room",
                          {{"disk", std::move(disk)},
                           {"least_free", forecast.least_free},
                           {"most_bytes", forecast.most_bytes},
                           {"bytes", forecast.bytes},
                           {"going", json_of(forecast.for_room)}}},
                         {"holds_known", !held.is_everything()},
                         {"holds", holds_of(state, held)},
                         {"windows", windows_of(state, policy, now)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string deletions_to_json(const std::vector<RecordedDeletion>& deletions,
                              std::uint64_t left_out) {
  auto list = Json::array();
  for (const auto& recorded : deletions) {
    const auto& deletion = recorded.deletion;
    const auto why = words_of_deletion_reason(deletion.why);
    const auto& outcome = words_of(recorded.outcome);
    const auto& act = words_of(deletion.act);
    list.push_back({{"entry", recorded.sequence},
                    {"time", to_rfc3339(recorded.time)},
                    {"act", name_of(deletion.act)},
                    {"act_in_words", {{"ja", act.ja}, {"en", act.en}}},
                    {"table", deletion.table},
                    {"from", to_rfc3339(deletion.from)},
                    {"to", to_rfc3339(deletion.to)},
                    {"rows", deletion.rows},
                    {"bytes", deletion.bytes},
                    {"why", deletion.why},
                    {"why_in_words", {{"ja", why.ja}, {"en", why.en}}},
                    {"held_by", deletion.cases},
                    {"outcome", name_of(recorded.outcome)},
                    {"outcome_in_words", {{"ja", outcome.ja}, {"en", outcome.en}}}});
  }
  const Json document = {{"deletions", std::move(list)}, {"older_left_out", left_out}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace noroshi
