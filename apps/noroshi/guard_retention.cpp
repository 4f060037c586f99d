#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "answer.h"
#include "app/oversight.h"
#include "guard.h"
#include "language.h"
#include "place_options.h"
#include "size_words.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

struct Options {
  DeskPlace place;
  std::string language;
  bool json = false;
};

std::string amount(const Json& of, const Words& words) {
  return fmt::format(fmt::runtime(words("{} 区画、{} 行、{}", "{} partitions, {} rows, {}")),
                     of.at("partitions").get<std::uint64_t>(), of.at("rows").get<std::uint64_t>(),
                     size_in_words(of.at("bytes").get<std::uint64_t>()));
}

/// "2026-11-22 00:00": whole minutes, UTC.
std::string minute(const Json& time) {
  auto text = time.get<std::string>().substr(0, 16);
  if (text.size() > 10) text[10] = ' ';
  return text;
}

std::string text_of_table(const Json& table, const Words& words) {
  auto text = fmt::format(fmt::runtime(words("{}: {}（{} – {}）", "{}: {} ({} – {})")),
                          table.at("table").get<std::string>(), amount(table.at("stored"), words),
                          minute(table.at("from")), minute(table.at("to")));
  const auto hours = table.at("hours_kept").get<std::uint64_t>();
  text += hours == 0 ? words("、期限なし\n", ", no limit\n")
                     : fmt::format(fmt::runtime(words("、保存 {} 日\n", ", kept for {} days\n")),
                                   hours / 24);
  for (const auto& within : table.at("going")) {
    const auto days = within.at("within_hours").get<std::uint64_t>() / 24;
    text += fmt::format(fmt::runtime(words("  {} 日以内に削除: {}\n", "  goes within {} d: {}\n")),
                        days, amount(within, words));
  }
  if (!table.at("next").is_null())
    text += fmt::format(fmt::runtime(words("  次の削除: {}\n", "  next goes at: {}\n")),
                        minute(table.at("next")));
  if (table.at("held").at("partitions") != 0)
    text += fmt::format(fmt::runtime(words("  案件により保留: {}（うち期限切れ {}）\n",
                                           "  held by open cases: {} (past their time: {})\n")),
                        amount(table.at("held"), words), amount(table.at("overdue"), words));
  return text;
}

std::string text_of_windows(const Json& windows, const Words& words) {
  std::string text;
  for (const auto& window : windows) {
    const auto table = window.at("table").get<std::string>();
    std::vector<std::string> shorter;
    for (const auto& each : window.at("purposes_that_read_less"))
      shorter.push_back(fmt::format(fmt::runtime(words("{}（{}日）", "{} ({} d)")),
                                    each.at("purpose").get<std::string>(),
                                    each.at("days").get<std::uint64_t>()));
    if (!shorter.empty())
      text += fmt::format(
          fmt::runtime(words("{}: 保存期間より短くしか遡れない目的: {}\n",
                             "{}: purposes that read less far back than is kept: {}\n")),
          table, fmt::join(shorter, ", "));
    if (window.at("nobody_will_read").get<bool>())
      text +=
          fmt::format(fmt::runtime(words(
                          "{}: どの目的も {} 日より前を読めない。それより古いものは保存する理由が"
                          "ない: {}\n",
                          "{}: no purpose reads further back than {} days; what is older is "
                          "kept for nobody: {}\n")),
                      table, window.at("longest_window_days").get<std::uint64_t>(),
                      amount(window.at("nobody_may_read"), words));
  }
  return text;
}

std::string text_of_plan(const Json& plan, const Words& words) {
  std::string text;
  for (const auto& table : plan.at("tables")) text += text_of_table(table, words);
  if (plan.at("tables").empty())
    text += words("保存されているものはない。\n", "Nothing is stored.\n");
  const auto& room = plan.at("room");
  if (const auto most = room.at("most_bytes").get<std::uint64_t>(); most > 0)
    text += fmt::format(fmt::runtime(words("容量: {} / 上限 {}\n", "Room: {} of at most {}\n")),
                        size_in_words(room.at("bytes").get<std::uint64_t>()), size_in_words(most));
  if (!room.at("disk").is_null())
    text += fmt::format(fmt::runtime(words("ディスク: 空き {}、残すべき空き {}\n",
                                           "Disk: {} free, {} to be left free\n")),
                        size_in_words(room.at("disk").at("free").get<std::uint64_t>()),
                        size_in_words(room.at("least_free").get<std::uint64_t>()));
  if (room.at("going").at("partitions") != 0)
    text += fmt::format(
        fmt::runtime(words("容量不足により次に削除: {}\n", "Goes next for want of room: {}\n")),
        amount(room.at("going"), words));
  if (!plan.at("holds_known").get<bool>())
    text += words("保留の内容が確認できないため、加入者の通信に関するものは何も削除しない。\n",
                  "What open cases hold is not known: nothing about subscribers is deleted.\n");
  for (const auto& hold : plan.at("holds")) {
    text += fmt::format(fmt::runtime(words("案件 {}: {} – {} を保留\n", "Case {} holds {} – {}\n")),
                        hold.at("case").get<std::string>(), minute(hold.at("from")),
                        minute(hold.at("to")));
    for (const auto& table : hold.at("tables"))
      text += fmt::format("  {}: {}\n", table.at("table").get<std::string>(), amount(table, words));
  }
  return text + text_of_windows(plan.at("windows"), words);
}

std::string text_of_history(const Json& history, const Words& words) {
  std::string text;
  for (const auto& each : history.at("deletions")) {
    text += fmt::format(
        fmt::runtime(words("{}  {}  {} – {}  {} 行  {}  {}  {}  {}",
                           "{}  {}  {} – {}  {} rows  {}  {}  {}  {}")),
        minute(each.at("time")), each.at("table").get<std::string>(), minute(each.at("from")),
        minute(each.at("to")), each.at("rows").get<std::uint64_t>(),
        size_in_words(each.at("bytes").get<std::uint64_t>()), words.of(each.at("act_in_words")),
        words.of(each.at("why_in_words")), words.of(each.at("outcome_in_words")));
    const auto cases = each.at("held_by").get<std::vector<std::string>>();
    if (!cases.empty())
      text += fmt::format(fmt::runtime(words("  ※案件 {} の保留を破って", "  although held by {}")),
                          fmt::join(cases, ", "));
    text += '\n';
  }
  if (const auto more = history.at("older_left_out").get<std::uint64_t>(); more > 0)
    text += fmt::format(fmt::runtime(words("ほかに古いもの {} 件\n", "and {} older ones\n")), more);
  return text.empty() ? words("削除の記録はない。\n", "No deletion is on record.\n") : text;
}

Exit run(const Options& options, std::string_view verb,
         std::string (*text_of)(const Json&, const Words&)) {
  return print_answer(ask_oversight(options.place, verb, "{}"), options.json,
                      language_of(options.language), text_of);
}

CLI::App& add_verb(CLI::App& retention, const char* name, const char* description,
                   const std::shared_ptr<Options>& options) {
  auto* command = retention.add_subcommand(name, description);
  add_config_option(*command, options->place);
  command->add_flag("--json", options->json, "As JSON, in both languages");
  add_language_option(*command, options->language);
  return *command;
}

}  // namespace

void add_guard_retention(CLI::App& guard, Action& action) {
  auto* retention = guard.add_subcommand("retention", "What is deleted, when, and why.");
  retention->require_subcommand(1);
  retention->footer(
      "Examples:\n"
      "  noroshi guard retention plan\n"
      "  noroshi guard retention history --json\n"
      "\n"
      "Exit status: 0 done; 1 failed; 2 misused.");
  const auto options = std::make_shared<Options>();

  auto& plan = add_verb(*retention, "plan",
                        "Say what of the stored data will go and when, what open cases keep, and "
                        "what nobody may read.",
                        options);
  plan.footer(
      "Examples:\n"
      "  noroshi guard retention plan\n"
      "  noroshi guard retention plan --json | jq '.tables[].going'\n"
      "\n"
      "The plan is of what is stored now: where room is short, what arrives makes more go, and\n"
      "earlier.\n"
      "Exit status: 0 done; 1 no history is there; 2 misused.");
  plan.callback([&action, options] {
    action = [options] { return run(*options, "retention/plan", text_of_plan); };
  });

  auto& history = add_verb(
      *retention, "history",
      "List what was deleted or rewritten, as the audit tells it: the last 100,000.", options);
  history.footer(
      "Examples:\n"
      "  noroshi guard retention history\n"
      "  noroshi guard retention history --json | jq '.deletions[] | select(.held_by != [])'\n"
      "\n"
      "Exit status: 0 done; 1 the audit cannot be read; 2 misused.");
  history.callback([&action, options] {
    action = [options] { return run(*options, "retention/history", text_of_history); };
  });
}

}  // namespace noroshi
