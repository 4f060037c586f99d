#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "c2.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kUsualLimit = 20;

struct Options {
  std::shared_ptr<DocketArguments> asking = std::make_shared<DocketArguments>();
  std::vector<std::string> tiers;
  std::vector<std::string> states;
  std::uint64_t limit = kUsualLimit;
};

Json request_of(const Options& options) {
  Json request{{"limit", options.limit}};
  if (!options.tiers.empty()) request["tiers"] = options.tiers;
  if (std::ranges::find(options.states, "all") != options.states.end())
    request["states"] = {"new",     "strengthened", "weakened", "silent",
                         "expired", "confirmed",    "refuted",  "watched"};
  else if (!options.states.empty())
    request["states"] = options.states;
  return request;
}

std::string reasons_of(const Json& verdict, const Words& words) {
  std::string text;
  const auto& evidence = verdict.at("evidence");
  for (std::size_t at = 0; at < std::min<std::size_t>(evidence.size(), 2); ++at)
    text += (at == 0 ? "" : words("；", "; ")) + words.of(evidence[at].at("text"));
  if (const auto& against = verdict.at("counter_evidence"); !against.empty())
    text += std::string(words("。ただし", "; but: ")) + words.of(against[0].at("text"));
  return text;
}

std::string text_of(const Json& answer, const Words& words) {
  std::string text;
  const auto& servers = answer.at("servers");
  if (servers.empty())
    text += words("該当するサーバはない。\n", "No server is on the list.\n");
  else
    text += fmt::format("{:<28} {:<4} {:>5} {:<13} {:>7}  {:<16}  {}\n", words("server", "server"),
                        "tier", "prob", "state", "clients", "last (UTC)", words("理由", "reason"));
  for (const auto& server : servers) {
    const auto& verdict = server.at("verdict");
    text += fmt::format(
        "{:<28} {:<4} {:>5.2f} {:<13} {:>7}  {:<16}  {}\n", server.at("server").get<std::string>(),
        server.at("tier").get<std::string>(), verdict.at("probability").get<double>(),
        state_in_words(server.at("state").get<std::string>(), words),
        verdict.at("clients").get<std::uint64_t>(), minute_of(server.at("last_seen")),
        reasons_of(verdict, words));
  }
  if (const auto more = answer.at("more").get<std::uint64_t>(); more > 0)
    text +=
        fmt::format(fmt::runtime(words("ほか {} 件 (--limit)\n", "and {} more (--limit)\n")), more);
  const auto& windows = answer.at("windows");
  if (windows.empty()) {
    text += words("まだ何も判定していない: noroshi c2 judge\n",
                  "Nothing was judged yet: noroshi c2 judge\n");
    return text;
  }
  const auto& latest = windows.front();
  text += fmt::format(
      fmt::runtime(words("最新の判定: {} – {} (UTC)\n", "Judged last: {} – {} (UTC)\n")),
      minute_of(latest.at("from")), minute_of(latest.at("to")));
  return text + left_out_in_words(latest.at("left_out"), words);
}

Exit run(const Options& options) {
  return ask_and_print(*options.asking, "list", request_of(options), "", text_of);
}

}  // namespace

void add_c2_list(CLI::App& c2, Action& action) {
  const auto options = std::make_shared<Options>();
  auto* command = c2.add_subcommand("list", "The list to work through, the likeliest first.");
  command->add_option("--tier", options->tiers, "Only these: A, B, C")
      ->delimiter(',')
      ->check(CLI::IsMember({"A", "B", "C"}))
      ->type_name("TIERS");
  command
      ->add_option("--state", options->states,
                   "Only these: new, strengthened, weakened, silent, expired, confirmed, refuted, "
                   "watched, or all [all but expired and refuted]")
      ->delimiter(',')
      ->check(CLI::IsMember({"new", "strengthened", "weakened", "silent", "expired", "confirmed",
                             "refuted", "watched", "all"}))
      ->type_name("STATES");
  command->add_option("--limit", options->limit, "At most so many; 0: all")->capture_default_str();
  add_docket_options(*command, options->asking);
  command->footer(
      "Examples:\n"
      "  noroshi c2 list\n"
      "  noroshi c2 list --tier A,B --state new,strengthened\n"
      "  noroshi c2 list --json | jq -r '.servers[] | select(.tier == \"A\") | .server'\n"
      "\n"
      "Exit status: 0 done; 1 refused or failed; 2 misused.");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
