#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>

#include "c2.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kFindingsShown = 4;

struct Options {
  std::shared_ptr<DocketArguments> asking = std::make_shared<DocketArguments>();
  HoursArguments hours;
  std::uint64_t limit = 100;
};

std::string service_of(const Json& finding) {
  const auto port = finding.at("port").get<std::uint64_t>();
  const auto protocol = finding.at("protocol").get<std::string>();
  return port == 0 ? protocol : fmt::format("{}/{}", port, protocol);
}

std::string finding_in_words(const Json& finding, const Words& words) {
  const auto reason = finding.at("reason").get<std::string>();
  const auto target = finding.at("target").get<std::string>();
  const auto count = finding.at("count").get<std::uint64_t>();
  if (reason == "calls_c2")
    return fmt::format(fmt::runtime(words("C&Cサーバ {} に{}回接続", "calls {} ({} connections)")),
                       target, count);
  if (reason == "flood")
    return fmt::format(fmt::runtime(words("{} へ大量送信（{}パケット）", "floods {} ({} packets)")),
                       target, count);
  if (reason == "p2p_node")
    return fmt::format(fmt::runtime(words("P2P型ボットネットの一員（相手 {} 件）",
                                          "node of a peer-to-peer botnet ({} peers)")),
                       count);
  if (finding.at("address").is_null())
    return fmt::format(fmt::runtime(words("{} をスキャン（無応答 {} 件）",
                                          "scans {} ({} destinations did not answer)")),
                       service_of(finding), count);
  return fmt::format(fmt::runtime(words("{} の各ポートをスキャン（無応答 {} 件）",
                                        "scans the ports of {} ({} did not answer)")),
                     finding.at("address").get<std::string>(), count);
}

std::string text_of(const Json& answer, const Words& words) {
  std::string text;
  for (const auto& line : answer.at("lines")) {
    text += fmt::format(
        fmt::runtime(words("{:<24} {} から{}: ", "{:<24} since {}{}: ")),
        line.at("line").get<std::string>(), minute_of(line.at("since")),
        line.at("calls_known_server").get<bool>() ? "" : words("（C&C不明）", " (no known C&C)"));
    const auto& findings = line.at("findings");
    const auto shown = std::min(findings.size(), kFindingsShown);
    for (std::size_t at = 0; at < shown; ++at)
      text += (at == 0 ? "" : words("、", "; ")) + finding_in_words(findings[at], words);
    if (findings.size() > shown)
      text += fmt::format(fmt::runtime(words("、ほか {} 件", "; and {} more")),
                          findings.size() - shown);
    text += '\n';
  }
  if (answer.at("lines").empty())
    text += words("感染とみられる回線はない。\n", "No line looks infected.\n");
  if (const auto more = answer.at("more").get<std::uint64_t>(); more > 0)
    text += fmt::format(fmt::runtime(words("ほか {} 回線 (--limit)\n", "and {} more (--limit)\n")),
                        more);
  text += fmt::format(fmt::runtime(words("{} – {} (UTC)。うちC&Cサーバ不明 {}\n",
                                         "{} – {} (UTC); without a known C&C server: {}\n")),
                      minute_of(answer.at("from")), minute_of(answer.at("to")),
                      answer.at("without_known_server").get<std::uint64_t>());
  return text + left_out_in_words(answer.at("left_out"), words);
}

Exit run(const Options& options) {
  Json request{{"limit", options.limit}};
  const auto added = add_hours(options.hours, request);
  const auto whole = added ? Result<Json>(request) : Result<Json>(tl::unexpected(added.error()));
  return ask_and_print(*options.asking, "infected", whole, "judging", text_of);
}

}  // namespace

void add_infected_commands(CLI::App& app, Action& action) {
  auto* infected = app.add_subcommand("infected", "The lines that look infected, by pseudonym.");
  infected->require_subcommand(1);
  infected->footer("Examples:\n  noroshi infected list --day 2026-11-21");
  const auto options = std::make_shared<Options>();
  auto* command = infected->add_subcommand(
      "list", "Lines that scan, flood, or call a C&C server: why, and since when.");
  command->add_option("--limit", options->limit, "At most so many lines; 0: all")
      ->capture_default_str();
  add_hours_options(*command, options->hours);
  add_docket_options(*command, options->asking);
  command->footer(
      "Examples:\n"
      "  noroshi infected list\n"
      "  noroshi infected list --day 2026-11-21 --json | jq '.lines[].line'\n"
      "\n"
      "It is made of the stored contacts when it is asked for, and kept nowhere. A line is named\n"
      "only by a reveal (noroshi guard reveal). Exit status: 0 done; 1 refused or failed;\n"
      "2 misused.");
  command->callback([&action, options] { action = [options] { return run(*options); }; });
}

}  // namespace noroshi
