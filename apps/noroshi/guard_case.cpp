#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "desk/case_json.h"
#include "guard.h"
#include "guard_office.h"
#include "time_arguments.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

struct Options {
  OfficeOptions office;
  std::string id;
  std::string title;
  std::string filter;
  std::string from;
  std::string to;
  std::string last;
  bool hold = false;
};

/// A case in a few lines.
std::string words_of(const Json& one, Language language) {
  const auto text = [&](const char* name) { return one.at(name).get<std::string>(); };
  auto words = fmt::format("{}  {}\n", text("id"), text("title"));
  words +=
      in_words(language, "  対象期間 {} – {}\n", "  window {} – {}\n", text("from"), text("to"));
  words += in_words(language, "  対象 {}\n", "  about {}\n", text("filter"));
  words += in_words(language, "  開始 {}、{}\n", "  opened {} by {}\n", text("opened"),
                    text("opened_by"));
  if (one.at("hold").get<bool>())
    words += in_words(language, "  データの削除を保留\n", "  keeps its data from deletion\n");
  if (!one.at("closed").is_null())
    words += in_words(language, "  終了 {}、{}\n", "  closed {} by {}\n", text("closed"),
                      text("closed_by"));
  return words;
}

std::string words_of_list(const Json& document, Language language) {
  std::string words;
  for (const auto& one : document.at("cases")) words += words_of(one, language);
  return words.empty() ? in_words(language, "案件はありません\n", "there is no case\n") : words;
}

Result<CaseBook::Opening> opening_of(const Options& options) {
  CaseBook::Opening opening;
  opening.title = options.title;
  opening.filter = options.filter;
  opening.hold = options.hold;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  opening.to = options.to.empty() ? now : TRY(parse_moment(options.to));
  if (options.from.empty() == options.last.empty())
    return failure(ErrorCode::kInvalidArgument,
                   "a case has a window: say --last, or --from and --to");
  opening.from = options.last.empty() ? TRY(parse_moment(options.from))
                                      : now - TRY(parse_duration(options.last));
  return opening;
}

Exit open(const Options& options) {
  const auto opening = opening_of(options);
  if (!opening) return tell(opening.error());
  return print_office(options.office, ask_office(options.office, "case/open", to_json(*opening)),
                      words_of);
}

std::string id_as_json(const Options& options) {
  return Json{{"id", options.id}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void add_guard_case(CLI::App& guard, Action& action) {
  auto* cases = guard.add_subcommand(
      "case", "What people look into: it bounds what is read for it, and may keep its data.");
  cases->require_subcommand(1);
  cases->footer(
      "Examples:\n"
      "  noroshi guard case open --title 'calls to 203.0.113.9' --last 24h --hold 'host "
      "203.0.113.9'\n"
      "  noroshi flows query --case C1 --purpose incident-response\n"
      "  noroshi guard case close C1\n"
      "\n"
      "Exit status: 0 done; 1 not permitted, or nobody to ask; 2 misused.");
  const auto options = std::make_shared<Options>();

  auto& opening = add_office_verb(*cases, "open", "Open a case.", options->office);
  opening.add_option("FILTER", options->filter, "Which flows it is about [all of the window]");
  opening.add_option("--title", options->title, "What it is, in a few words")
      ->required()
      ->type_name("TEXT");
  opening.add_option("--from", options->from, "When its window begins: 2026-11-22T00:00:00+09:00")
      ->type_name("TIME");
  opening.add_option("--to", options->to, "When it ends [now]")->type_name("TIME");
  opening.add_option("--last", options->last, "Instead: the last 30m, 24h, 7d …")
      ->excludes("--from")
      ->excludes("--to")
      ->type_name("DURATION");
  opening.add_flag("--hold", options->hold, "Keep what is stored of the window until it is closed");
  opening.footer(
      "Examples:\n"
      "  noroshi guard case open --title 'calls to 203.0.113.9' --last 24h 'host 203.0.113.9'\n"
      "  noroshi guard case open --title 'flood' --from 2026-11-22T00:00:00Z --to "
      "2026-11-22T02:00:00Z --hold\n"
      "\n"
      "The window and the filter cannot be widened afterwards.\n"
      "Exit status: 0 done; 1 not permitted, or nobody to ask; 2 misused.");
  opening.callback([&action, options] { action = [options] { return open(*options); }; });

  auto& listing = add_office_verb(*cases, "list", "List cases, the newest first.", options->office);
  listing.footer(
      "Examples:\n"
      "  noroshi guard case list\n"
      "  noroshi guard case list --json | jq '.cases[] | select(.closed == null).id'\n"
      "\n"
      "Exit status: 0 done; 1 not permitted, or nobody to ask; 2 misused.");
  listing.callback([&action, options] {
    action = [options] {
      return print_office(options->office, ask_office(options->office, "case/list", "{}"),
                          words_of_list);
    };
  });

  auto& showing = add_office_verb(*cases, "show", "Show one case.", options->office);
  showing.add_option("ID", options->id, "C1")->required();
  showing.footer(
      "Examples:\n"
      "  noroshi guard case show C1\n"
      "  noroshi guard case show C1 --json\n"
      "\n"
      "Exit status: 0 done; 1 not permitted, or there is none; 2 misused.");
  showing.callback([&action, options] {
    action = [options] {
      return print_office(options->office,
                          ask_office(options->office, "case/show", id_as_json(*options)), words_of);
    };
  });

  auto& closing = add_office_verb(
      *cases, "close", "Close a case: nothing more is read or revealed for it.", options->office);
  closing.add_option("ID", options->id, "C1")->required();
  closing.footer(
      "Examples:\n"
      "  noroshi guard case close C1\n"
      "\n"
      "What it held is deleted when its time has come. A closed case is not opened again.\n"
      "Exit status: 0 done; 1 not permitted, or there is none; 2 misused.");
  closing.callback([&action, options] {
    action = [options] {
      return print_office(options->office,
                          ask_office(options->office, "case/close", id_as_json(*options)),
                          words_of);
    };
  });
}

}  // namespace noroshi
