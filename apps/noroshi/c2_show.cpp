#include <fmt/format.h>

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "c2.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

struct Options {
  std::shared_ptr<DocketArguments> asking = std::make_shared<DocketArguments>();
  std::string server;
};

std::string group_in_words(const std::string& group, const Words& words) {
  constexpr std::array<std::pair<const char*, const char*>, 7> kJapanese{
      {{"temporal", "時間"},
       {"social", "利用端末"},
       {"behaviour", "挙動"},
       {"sighting", "他の観測"},
       {"intelligence", "脅威情報"},
       {"infrastructure", "基盤"},
       {"verification", "確認"}}};
  for (const auto& [english, japanese] : kJapanese)
    if (group == english) return words(japanese, english);
  return group;
}

std::string why_in_words(const std::string& why, const Words& words) {
  struct Line {
    const char* code;
    const char* ja;
    const char* en;
  };
  constexpr Line kLines[] = {
      {"listed", "一覧に掲載", "came onto the list"},
      {"listed_again", "失効後に再び観測", "seen again after it had expired"},
      {"more_evidence", "証拠が強まった", "more speaks for it"},
      {"less_evidence", "証拠が弱まった", "less speaks for it"},
      {"evidence_against", "新たな反証が現れた", "evidence against it that was not there before"},
      {"called_again", "再び通信が始まった", "called again"},
      {"silent", "通信が途絶えた（無実の証拠ではない）",
       "nobody calls it any more, which does not clear it"},
      {"silent_for_a_week", "7日間通信がない", "nobody called it for seven days"},
      {"expired", "30日間通信がない", "nobody called it for thirty days"},
      {"said", "分析者の判断", "an analyst said so"},
      {"undone", "分析者の判断を取り消し", "an analyst's word was taken back"},
      {"word_contradicted", "分析者が見ていなかった証拠が現れ、判断を見直しに戻した",
       "evidence came that the analyst had not seen: back for another look"},
  };
  for (const auto& line : kLines)
    if (why == line.code) return words(line.ja, line.en);
  return why;
}

std::string tier_in_words(const std::string& tier, const Words& words) {
  if (tier == "A") return words("A（確実とみられる）", "A (as good as certain)");
  if (tier == "B") return words("B（疑いが濃い）", "B (strongly suspected)");
  return words("C（注視）", "C (to be watched)");
}

/// One piece of evidence: its weight in log-odds and as odds, the sentence, the group and code.
std::string evidence_in_words(const Json& list, const Words& words) {
  std::string text;
  for (const auto& one : list)
    text += fmt::format("  {:>+6.2f}  {}  [{}: {}]\n", one.at("llr").get<double>(),
                        words.of(one.at("text")),
                        group_in_words(one.at("group").get<std::string>(), words),
                        one.at("code").get<std::string>());
  return text;
}

std::string codes_in_words(const Json& list, const Words& words) {
  std::string text;
  for (const auto& one : list) text += "  - " + words.of(one.at("text")) + "\n";
  return text;
}

std::string heading(const char* text) { return fmt::format("\n{}\n", text); }

std::string summary_of(const Json& server, const Words& words) {
  const auto& verdict = server.at("verdict");
  auto text = fmt::format(
      fmt::runtime(words("{}\n状態 {}、ランク {}、C&Cサーバである確率 {:.1f} %\n"
                         "{} 台の端末が {} 回接続。初観測 {}、最終 {} (UTC)\n",
                         "{}\nState {}, tier {}, {:.1f} % likely to command bots\n"
                         "{} hosts called it, {} connections; first seen {}, last {} (UTC)\n")),
      server.at("server").get<std::string>(),
      state_in_words(server.at("state").get<std::string>(), words),
      tier_in_words(server.at("tier").get<std::string>(), words),
      verdict.at("probability").get<double>() * 100, verdict.at("clients").get<std::uint64_t>(),
      verdict.at("connections").get<std::uint64_t>(), minute_of(server.at("first_seen")),
      minute_of(server.at("last_seen")));
  if (const auto& hours = server.at("hours_from_first_call_to_suspicion"); hours.is_number())
    text += fmt::format(fmt::runtime(words("初観測から疑いまで {:.1f} 時間\n",
                                           "Suspected {:.1f} h after it was first called\n")),
                        hours.get<double>());
  if (const auto& word = server.at("word"); word.is_object())
    text += fmt::format(fmt::runtime(words("分析者 {}（{}）: {}\n", "{} said so at {}: {}\n")),
                        word.at("by").get<std::string>(), minute_of(word.at("given")),
                        word.at("reason").get<std::string>());
  if (server.at("judged_tier") != server.at("tier") || server.at("tier") != verdict.at("tier"))
    text += fmt::format(
        fmt::runtime(words("判定器: 直近の証拠のみではランク {}、沈黙・弱化の猶予を含めて {}\n",
                           "The judge: tier {} by the latest evidence alone, {} as it is held\n")),
        verdict.at("tier").get<std::string>(), server.at("judged_tier").get<std::string>());
  return text;
}

std::string life_of(const Json& server, const Words& words) {
  std::string text;
  for (const auto& change : server.at("life")) {
    const auto& verdict = change.at("verdict");
    text += fmt::format(
        "  {}  {} -> {}  {} -> {}  {:>5.2f}  {}  ({})\n", minute_of(change.at("moment")),
        state_in_words(change.at("from").get<std::string>(), words),
        state_in_words(change.at("to").get<std::string>(), words),
        change.at("from_tier").get<std::string>(), change.at("to_tier").get<std::string>(),
        verdict.at("probability").get<double>(),
        why_in_words(change.at("why").get<std::string>(), words),
        change.at("by").get<std::string>());
    if (const auto reason = change.at("reason").get<std::string>(); !reason.empty())
      text += "      " + reason + "\n";
  }
  return text;
}

std::string page_of(const Json& server, const Words& words) {
  const auto& verdict = server.at("verdict");
  auto text = summary_of(server, words);
  text +=
      heading(words("証拠（対数オッズ。+2.3 で 10 倍、+4.6 で 100 倍）",
                    "What speaks for it (log-odds: +2.3 is ten times likelier, +4.6 a hundred)"));
  text += verdict.at("evidence").empty() ? std::string(words("  なし\n", "  nothing\n"))
                                         : evidence_in_words(verdict.at("evidence"), words);
  text += heading(words("反証", "What speaks against it"));
  text += verdict.at("counter_evidence").empty()
              ? std::string(words("  なし\n", "  nothing\n"))
              : evidence_in_words(verdict.at("counter_evidence"), words);
  if (!verdict.at("not_judged").empty())
    text += heading(words("判定できなかったこと", "What could not be judged")) +
            codes_in_words(verdict.at("not_judged"), words);
  if (!verdict.at("would_change").empty())
    text += heading(words("判定を変えうるもの", "What would change this")) +
            codes_in_words(verdict.at("would_change"), words);
  text += heading(words("経過 (UTC)", "Its life (UTC)")) + life_of(server, words);
  if (const auto& windows = server.at("windows"); !windows.empty()) {
    const auto& latest = windows.front();
    text += heading(words("判定", "How it was judged"));
    text += fmt::format(
        fmt::runtime(words("  最新の期間 {} – {} (UTC)\n", "  latest window {} – {} (UTC)\n")),
        minute_of(latest.at("from")), minute_of(latest.at("to")));
    text += left_out_in_words(latest.at("left_out"), words);
  }
  text += fmt::format(fmt::runtime(words("  レシピ {}（noroshi c2 recipe export）\n",
                                         "  recipe {} (noroshi c2 recipe export)\n")),
                      verdict.at("recipe").get<std::string>());
  return text;
}

}  // namespace

void add_c2_show(CLI::App& c2, Action& action) {
  const auto options = std::make_shared<Options>();
  auto* command = c2.add_subcommand(
      "show", "One page about a server: the evidence, what speaks against it, and its life.");
  command->add_option("SERVER", options->server, "192.0.2.1:23, 192.0.2.1:23/tcp, [2001:db8::1]:23")
      ->required();
  add_docket_options(*command, options->asking);
  command->footer(
      "Examples:\n"
      "  noroshi c2 show 192.0.2.1:48101\n"
      "  noroshi c2 show '[2001:db8::1]:23/tcp' --lang ja\n"
      "  noroshi c2 show 192.0.2.1:48101 --json | jq '.life[].why'\n"
      "\n"
      "Which lines call it: noroshi infected list.\n"
      "Exit status: 0 done; 1 refused, or not on the list; 2 misused.");
  command->callback([&action, options] {
    action = [options] {
      return ask_and_print(*options->asking, "show", Json{{"server", options->server}}, "",
                           page_of);
    };
  });
}

}  // namespace noroshi
