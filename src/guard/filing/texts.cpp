// The texts of filings that Noroshi carries: the template, and the filing of the demonstration.
#include <fmt/format.h>

#include "guard/filing/filing.h"
#include "guard/filing/questions.h"

namespace noroshi {

std::string filing_template() {
  std::string text =
      "# Noroshi の届出。記入後に noroshi guard file --from FILE で届け出ます。\n"
      "# A filing. Fill it in, then: noroshi guard file --from FILE\n";
  std::string_view table;
  for (const auto& question : filing_questions()) {
    auto key = question.key;
    if (const auto dot = key.find('.'); dot != std::string_view::npos) {
      if (table != key.substr(0, dot)) text += fmt::format("\n[{}]", table = key.substr(0, dot));
      key.remove_prefix(dot + 1);
    }
    for (const auto language : {Language::kJapanese, Language::kEnglish}) {
      const bool japanese = language == Language::kJapanese;
      text += fmt::format("\n# {}\n#   {}\n#   {} {}", question.question.in(language),
                          question.why.in(language),
                          japanese ? "例:" : "For example:", question.example.in(language));
    }
    // A count has no empty form: it is left out where it is no criterion.
    text += question.optional  ? fmt::format("\n# {} = {}\n", key, question.example.en)
            : question.several ? fmt::format("\n{} = []\n", key)
                               : fmt::format("\n{} = \"\"\n", key);
  }
  return text;
}

std::string_view demo_filing() {
  return R"toml(# Noroshi が内蔵する、模擬トラフィック専用の届出。ループバックのアドレスだけに有効。
# The filing that Noroshi carries for simulated traffic; it covers loopback addresses alone.
purpose = "c2-detection"
purpose_in_words = """
模擬トラフィックによる動作確認。実在する者の通信は含まれない。
Trying Noroshi out on simulated traffic. No communication of anybody is in it."""
necessity = """
収集から判定までを、実際の通信に触れずに試すため。
To try everything from collection to verdicts without touching real communications."""
means = """
noroshi simulate などが自機内のループバックへ送るフローだけを収集する。
Only flows that are sent on this machine to a loopback address are collected."""
checking = """
模擬データであり、確認の範囲に制限を設けない。
The data is made up: daily checking has no bound."""
stop_criteria = ["ループバック以外のアドレスで待ち受けようとしたとき / Any address but loopback is to be listened on"]
responsible = ""
mode = "trial"
)toml";
}

}  // namespace noroshi
