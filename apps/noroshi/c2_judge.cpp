#include <fmt/format.h>

#include <memory>

#include "c2.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

struct Options {
  std::shared_ptr<DocketArguments> asking = std::make_shared<DocketArguments>();
  HoursArguments hours;
};

std::string text_of(const Json& answer, const Words& words) {
  const auto number = [&](const char* name) { return answer.at(name).get<std::uint64_t>(); };
  const auto& tiers = answer.at("tiers");
  auto text = fmt::format(
      fmt::runtime(words("{} – {} (UTC): 接触 {} 件、サーバ {} 台を確認、{} 台を判定\n"
                         "A {}、B {}、C {}。感染とみられる回線 {}（内部の端末 {} 台中）\n"
                         "一覧: 新規 {}、変化 {}、可能性が低く載せないもの {}\n",
                         "{} – {} (UTC): {} contacts of {} servers, {} servers judged\n"
                         "A {}, B {}, C {}; {} lines look infected, of {} hosts inside\n"
                         "List: {} new, {} changed, {} too unlikely to be listed\n")),
      minute_of(answer.at("from")), minute_of(answer.at("to")), number("contacts_read"),
      number("servers_met"), number("servers_judged"), tiers.at("A").get<std::uint64_t>(),
      tiers.at("B").get<std::uint64_t>(), tiers.at("C").get<std::uint64_t>(), number("infected"),
      number("hosts_inside"), number("listed"), number("changed"), number("too_unlikely"));
  if (const auto left = number("not_listed_for_want_of_room"); left > 0)
    text += fmt::format(fmt::runtime(words("上限により載せなかったもの {}\n",
                                           "{} not listed: more than a window may bring\n")),
                        left);
  if (const auto lines = left_out_in_words(answer.at("left_out"), words); !lines.empty())
    text += std::string(words("判定できなかったこと:\n", "What could not be judged:\n")) + lines;
  return text;
}

Exit run(const Options& options) {
  Json request = Json::object();
  const auto added = add_hours(options.hours, request);
  const auto whole = added ? Result<Json>(request) : Result<Json>(tl::unexpected(added.error()));
  return ask_and_print(*options.asking, "judge", whole, "judging", text_of);
}

}  // namespace

void add_c2_judge(CLI::App& c2, Action& action) {
  const auto options = std::make_shared<Options>();
  auto* command = c2.add_subcommand(
      "judge", "Judge a window of the stored past and bring the list up to date.");
  add_hours_options(*command, options->hours);
  add_docket_options(*command, options->asking);
  command->footer(
      "Examples:\n"
      "  noroshi c2 judge\n"
      "      the last 24 whole hours\n"
      "  noroshi c2 judge --day 2026-11-21\n"
      "  noroshi c2 judge --from 2026-11-15T00:00 --to 2026-11-22T00:00 --json\n"
      "\n"
      "The daemon does this by itself once a day ([judge] at). The same window again is taken as\n"
      "what is known of it now.\n"
      "Exit status: 0 done; 1 refused or failed; 2 misused.");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
