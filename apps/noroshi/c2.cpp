#include "c2.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "desk/account.h"
#include "filter/moment.h"
#include "language.h"
#include "output.h"
#include "place_options.h"
#include "progress.h"
#include "purpose.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kHour = 3'600'000;

Timestamp wall_clock() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Result<std::uint64_t> hour_of(const char* option, const std::string& text, Timestamp now) {
  const auto moment = parse_filter_moment(text, now);
  if (!moment)
    return failure(ErrorCode::kInvalidArgument,
                   fmt::format("{} {}: not a moment such as now-2h, 2026-11-22T09:00 (UTC) or "
                               "2026-11-22T09:00:00+09:00",
                               option, text));
  return *moment / kHour;
}

}  // namespace

void add_docket_options(CLI::App& command, const std::shared_ptr<DocketArguments>& arguments) {
  add_place_options(command, arguments->place);
  add_purpose_options(command, arguments->asker.purpose, arguments->asker.case_id);
  command.add_flag("--json", arguments->json, "As JSON, in both languages");
  add_language_option(command, arguments->language);
}

void add_hours_options(CLI::App& command, HoursArguments& hours) {
  auto* day =
      command.add_option("--day", hours.day, "A whole day (UTC), as 2026-11-21")->type_name("DATE");
  command
      .add_option("--from", hours.from,
                  "From the hour of this moment [24 hours before the end of the last whole hour]")
      ->type_name("TIME")
      ->excludes(day);
  command
      .add_option("--to", hours.to,
                  "Up to the hour of this moment [the end of the last whole hour]")
      ->type_name("TIME")
      ->excludes(day);
}

Status add_hours(const HoursArguments& hours, Json& request) {
  const auto now = wall_clock();
  const auto this_hour = to_unix_milliseconds(now) / kHour;
  std::uint64_t to = this_hour;
  if (!hours.day.empty()) {
    const auto from = TRY(hour_of("--day", hours.day, now));
    if (hours.day.size() != 10 || from % 24 != 0)
      return failure(ErrorCode::kInvalidArgument,
                     fmt::format("--day {}: not a day such as 2026-11-21", hours.day));
    to = std::min(from + 24, this_hour);
    request["from"] = from;
  } else {
    if (!hours.to.empty()) to = TRY(hour_of("--to", hours.to, now));
    request["from"] = hours.from.empty() ? to - 24 : TRY(hour_of("--from", hours.from, now));
  }
  request["to"] = to;
  if (request["from"].get<std::uint64_t>() >= to)
    return failure(ErrorCode::kInvalidArgument, "the window has no whole hour that has ended");
  return {};
}

Exit ask_and_print(const DocketArguments& arguments, std::string_view verb,
                   const Result<Json>& request, std::string_view work, const TextOf& text_of) {
  if (!request) {
    complain(request.error().message);
    return Exit::kMisused;
  }
  auto asker = arguments.asker;
  asker.account = own_account();
  Result<std::string> answer;
  {
    Progress progress;
    answer = ask_docket(arguments.place, verb, request->dump(), asker, [&](double share) {
      if (!work.empty()) progress.show(work, share);
    });
  }
  return print_answer(answer, arguments.json, language_of(arguments.language), text_of);
}

std::string minute_of(const Json& time) {
  if (!time.is_string()) return "-";
  auto text = time.get<std::string>().substr(0, 16);
  if (text.size() > 10) text[10] = ' ';
  return text;
}

std::string state_in_words(const std::string& state, const Words& words) {
  constexpr std::array<std::pair<const char*, const char*>, 8> kJapanese{{{"new", "新規"},
                                                                          {"strengthened", "強化"},
                                                                          {"weakened", "弱化"},
                                                                          {"silent", "沈黙"},
                                                                          {"expired", "失効"},
                                                                          {"confirmed", "確認済"},
                                                                          {"refuted", "否定済"},
                                                                          {"watched", "監視中"}}};
  for (const auto& [english, japanese] : kJapanese)
    if (state == english) return words(japanese, english);
  return state;
}

std::string left_out_in_words(const Json& left_out, const Words& words) {
  std::string text;
  if (!left_out.is_object()) return text;
  struct Line {
    const char* name;
    const char* ja;
    const char* en;
  };
  // Only what costs something: servers called in passing say nothing, whoever reads them.
  constexpr Line kCounts[] = {
      {"hours_without_contacts", "接触の記録がない時間: {}", "hours without contacts: {}"},
      {"servers_too_popular", "多数の端末が利用するため精査しなかったサーバ: {}",
       "servers not read in full because most hosts call them: {}"},
      {"servers_not_kept", "容量の上限により数えなかった（一度だけ呼ばれた）サーバ: {}",
       "servers called once and not kept for want of room: {}"},
      {"pairs_not_told_apart", "容量の上限により区別できなかった端末とサーバの組: {}",
       "pairs of client and server not told apart for want of room: {}"},
      {"port_activities_not_kept", "容量の上限により数えなかったポート別の活動: {}",
       "activities towards a port not kept for want of room: {}"},
  };
  for (const auto& line : kCounts)
    if (const auto count = left_out.value(line.name, std::uint64_t{0}); count > 0)
      text += "  " + fmt::format(fmt::runtime(words(line.ja, line.en)), count) + "\n";
  constexpr Line kFlags[] = {
      {"one_way_view", "片方向の通信しか観測されておらず、無応答かどうかは判定していない",
       "only one direction was exported, so silence was not judged"},
      {"few_clients", "端末が50台未満のため、普及度と感染端末の偏りは判定していない",
       "fewer than 50 hosts in view: prevalence and social evidence were not judged"},
      {"inside_unknown", "どちら側が内部か不明: [network] subscribers を設定する",
       "it is not known which side is inside: set [network] subscribers"},
  };
  for (const auto& line : kFlags)
    if (left_out.value(line.name, false))
      text += std::string("  ") + words(line.ja, line.en) + "\n";
  return text;
}

void add_c2_commands(CLI::App& app, Action& action) {
  auto* c2 = app.add_subcommand("c2", "The servers that command bots: judge, list, look, decide.");
  c2->require_subcommand(1);
  c2->footer(
      "Examples:\n"
      "  noroshi c2 judge --day 2026-11-21\n"
      "  noroshi c2 list --tier A,B --limit 20\n"
      "  noroshi c2 show 192.0.2.1:48101\n"
      "  noroshi c2 confirm 192.0.2.1:48101 --reason 'answers as Mirai does'\n"
      "\n"
      "Exit status: 0 done; 1 failed; 2 misused.");
  add_c2_judge(*c2, action);
  add_c2_list(*c2, action);
  add_c2_show(*c2, action);
  add_c2_words(*c2, action);
  add_c2_recipe(*c2, action);
}

}  // namespace noroshi
