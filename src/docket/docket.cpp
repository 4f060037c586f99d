#include "docket/docket.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "docket/entry_json.h"

namespace noroshi {
namespace {

std::int64_t stored(std::uint64_t number) { return static_cast<std::int64_t>(number); }
std::int64_t stored(Timestamp time) { return stored(to_unix_milliseconds(time)); }
Timestamp moment_of(std::int64_t milliseconds) {
  return Timestamp(std::chrono::milliseconds(milliseconds));
}

using Entries = std::map<Endpoint, DocketEntry>;

Result<Entries> read_all(DatabaseStatements& statements) {
  Entries entries;
  for (const auto& row : TRY(statements.query("SELECT entry FROM servers"))) {
    auto entry = TRY(docket_entry_from_json(TRY(row.text(0))));
    const auto server = entry.server;
    entries.emplace(server, std::move(entry));
  }
  return entries;
}

Status write(DatabaseStatements& statements, const DocketEntry& entry) {
  const auto server = entry.server.to_string();
  const std::string state(to_string(entry.state()));
  const std::string tier(to_string(entry.tier()));
  const auto touched = TRY(
      statements.execute("UPDATE servers SET state = :a, tier = :b, entry = :c WHERE server = :d",
                         {state, tier, to_json(entry), server}));
  if (touched == 0)
    TRY(statements.execute(
        "INSERT INTO servers (server, state, tier, entry) VALUES (:a, :b, :c, :d)",
        {server, state, tier, to_json(entry)}));
  return {};
}

/// Adds a change; returns how many old ones went for it.
Result<std::uint64_t> add(DatabaseStatements& statements, const Endpoint& server,
                          const DocketChange& change, std::size_t most) {
  const auto name = server.to_string();
  const auto rows = TRY(statements.query(
      "SELECT number, made_by FROM changes WHERE server = :a ORDER BY number", {name}));
  std::int64_t number = 1;
  if (!rows.empty()) number = TRY(rows.back().number(0)) + 1;
  std::uint64_t removed = 0;
  // What people said stays.
  for (const auto& row : rows) {
    if (rows.size() - removed < most) break;
    if (TRY(row.text(1)) != "judge") continue;
    const auto change_number = TRY(row.number(0));
    TRY(statements.execute("DELETE FROM changes WHERE server = :a AND number = :b",
                           {name, change_number}));
    ++removed;
  }
  TRY(statements.execute(
      "INSERT INTO changes (server, number, moment, made_by, entry) VALUES (:a, :b, :c, :d, :e)",
      {name, number, stored(change.moment), change.by, to_json(change)}));
  return removed;
}

/// Expired entries that nobody said anything of, the longest unseen first.
Result<std::uint64_t> make_room(DatabaseStatements& statements, Entries& entries,
                                std::size_t most) {
  if (entries.size() <= most) return 0;
  std::vector<std::pair<std::uint64_t, Endpoint>> expired;
  for (const auto& [server, entry] : entries)
    if (!entry.word && entry.judged_state == DocketState::kExpired)
      expired.emplace_back(entry.last_seen, server);
  std::ranges::sort(expired);
  std::uint64_t removed = 0;
  for (const auto& [last_seen, server] : expired) {
    if (entries.size() <= most) break;
    TRY(statements.execute("DELETE FROM changes WHERE server = :a", {server.to_string()}));
    TRY(statements.execute("DELETE FROM servers WHERE server = :a", {server.to_string()}));
    entries.erase(server);
    ++removed;
  }
  return removed;
}

Status write(DatabaseStatements& statements, const Docket::Window& window) {
  TRY(statements.execute("DELETE FROM passes WHERE window_from = :a AND window_to = :b",
                         {stored(window.from), stored(window.to)}));
  TRY(statements.execute(
      "INSERT INTO passes (window_from, window_to, made, made_by, recipe, summary) VALUES (:a, :b, "
      ":c, :d, :e, :f)",
      {stored(window.from), stored(window.to), stored(window.made), window.by, window.recipe,
       window.summary}));
  return {};
}

Result<DocketEntry> find_one(const Entries& entries, const ServerName& name) {
  std::vector<const DocketEntry*> found;
  for (const auto& [server, entry] : entries)
    if (name.names(server)) found.push_back(&entry);
  if (found.empty())
    return failure(ErrorCode::kNotFound,
                   "this server is not on the docket: noroshi c2 list "
                   "--state all names those that are");
  if (found.size() > 1)
    return failure(ErrorCode::kInvalidArgument,
                   "several protocols of this address and port are on the docket: say which, as "
                   "in 192.0.2.1:53/udp");
  return *found.front();
}

bool is_selected(const DocketEntry& entry, const Docket::Selection& selection) {
  const auto state = entry.state();
  const bool of_tier = selection.tiers.empty() ||
                       std::ranges::find(selection.tiers, entry.tier()) != selection.tiers.end();
  const bool of_state = selection.states.empty()
                            ? state != DocketState::kExpired && state != DocketState::kRefuted
                            : std::ranges::find(selection.states, state) != selection.states.end();
  return of_tier && of_state;
}

}  // namespace

Result<std::unique_ptr<Docket>> Docket::open(Config config) {
  auto database = TRY(Database::open({config.file.string()}, docket_migrations()));
  return std::unique_ptr<Docket>(new Docket(std::move(config), std::move(database)));
}

Result<Docket::Outcome> Docket::take(const Window& window, std::span<const Verdict> verdicts) {
  Outcome outcome;
  std::vector<const Verdict*> ordered;
  for (const auto& verdict : verdicts) ordered.push_back(&verdict);
  std::ranges::stable_sort(ordered, [](const Verdict* a, const Verdict* b) {
    return std::tuple(a->tier, -a->probability) < std::tuple(b->tier, -b->probability);
  });
  TRY(database_->transaction([&](DatabaseStatements& statements) -> Status {
    auto entries = TRY(read_all(statements));
    // Of those that were on the docket, by whether they were seen now.
    std::map<Endpoint, bool> seen;
    for (const auto& [server, entry] : entries) seen[server] = false;
    const auto apply = [&](LifeStep step) -> Status {
      TRY(write(statements, step.entry));
      if (step.change) {
        ++outcome.changed;
        outcome.changes_removed +=
            TRY(add(statements, step.entry.server, *step.change, config_.most_changes));
      }
      entries[step.entry.server] = std::move(step.entry);
      return {};
    };
    for (const auto* verdict : ordered) {
      const auto known = seen.find(verdict->server);
      if (known != seen.end()) {
        known->second = true;
        TRY(apply(step_judged(entries.at(verdict->server), verdict->server,
                              KeptVerdict::of(*verdict, window.recipe), window.to)));
        continue;
      }
      if (verdict->tier == Tier::kC && verdict->probability < config_.least_listed) {
        ++outcome.too_unlikely;
        continue;
      }
      if (outcome.listed >= config_.most_new) {
        ++outcome.left_out;
        continue;
      }
      ++outcome.listed;
      TRY(apply(step_judged(std::nullopt, verdict->server, KeptVerdict::of(*verdict, window.recipe),
                            window.to)));
    }
    if (window.whole)
      for (const auto& [server, was_seen] : seen)
        if (!was_seen) TRY(apply(step_unseen(entries.at(server), window.to)));
    outcome.removed = TRY(make_room(statements, entries, config_.most_entries));
    return write(statements, window);
  }));
  return outcome;
}

Result<Docket::List> Docket::list(const Selection& selection) {
  List list;
  TRY(database_->transaction([&](DatabaseStatements& statements) -> Status {
    for (auto& [server, entry] : TRY(read_all(statements)))
      if (is_selected(entry, selection)) list.entries.push_back(std::move(entry));
    return {};
  }));
  std::ranges::sort(list.entries, [](const DocketEntry& a, const DocketEntry& b) {
    return std::tuple(a.tier(), -a.verdict.probability, b.verdict.clients, a.server) <
           std::tuple(b.tier(), -b.verdict.probability, a.verdict.clients, b.server);
  });
  if (selection.most > 0 && list.entries.size() > selection.most) {
    list.left_out = list.entries.size() - selection.most;
    list.entries.resize(selection.most);
  }
  return list;
}

Result<std::vector<Endpoint>> Docket::servers() {
  std::vector<Endpoint> servers;
  TRY(database_->transaction([&](DatabaseStatements& statements) -> Status {
    for (const auto& [server, entry] : TRY(read_all(statements))) servers.push_back(server);
    return {};
  }));
  return servers;
}

Result<Docket::Life> Docket::find(const ServerName& name) {
  Life life;
  TRY(database_->transaction([&](DatabaseStatements& statements) -> Status {
    life.entry = TRY(find_one(TRY(read_all(statements)), name));
    for (const auto& row :
         TRY(statements.query("SELECT entry FROM changes WHERE server = :a ORDER BY number",
                              {life.entry.server.to_string()})))
      life.changes.push_back(TRY(docket_change_from_json(TRY(row.text(0)))));
    return {};
  }));
  return life;
}

Result<DocketEntry> Docket::say(const ServerName& name, const Saying& saying,
                                const Record& record) {
  DocketEntry after;
  TRY(database_->transaction([&](DatabaseStatements& statements) -> Status {
    const auto before = TRY(find_one(TRY(read_all(statements)), name));
    const auto step = step_said(before, saying);
    after = step.entry;
    TRY(write(statements, after));
    TRY(add(statements, after.server, *step.change, config_.most_changes));
    return record(before, *step.change);
  }));
  return after;
}

Result<DocketEntry> Docket::undo(const ServerName& name, const std::string& by,
                                 const std::string& reason, Timestamp now, const Record& record) {
  DocketEntry after;
  TRY(database_->transaction([&](DatabaseStatements& statements) -> Status {
    const auto before = TRY(find_one(TRY(read_all(statements)), name));
    const auto step = step_undone(before, by, reason, now);
    if (!step.change)
      return failure(ErrorCode::kNotFound,
                     fmt::format("{}: nobody said anything of it", before.server.to_string()));
    after = step.entry;
    TRY(write(statements, after));
    TRY(add(statements, after.server, *step.change, config_.most_changes));
    return record(before, *step.change);
  }));
  return after;
}

Result<std::vector<Docket::Window>> Docket::windows(std::size_t most) {
  std::vector<Window> windows;
  TRY(database_->transaction([&](DatabaseStatements& statements) -> Status {
    for (const auto& row : TRY(statements.query(
             "SELECT window_from, window_to, made, made_by, recipe, summary FROM passes ORDER BY "
             "window_to DESC, window_from DESC LIMIT :a",
             {stored(most)}))) {
      Window window;
      window.from = moment_of(TRY(row.number(0)));
      window.to = moment_of(TRY(row.number(1)));
      window.made = moment_of(TRY(row.number(2)));
      window.by = TRY(row.text(3));
      window.recipe = TRY(row.text(4));
      window.whole = false;
      window.summary = TRY(row.text(5));
      windows.push_back(std::move(window));
    }
    return {};
  }));
  return windows;
}

}  // namespace noroshi
