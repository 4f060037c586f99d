#include "guard/filing/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "guard/filing/questions.h"

namespace noroshi {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string code_of_missing(std::string_view key) { return fmt::format("{}_missing", key); }

/// One fault for each question without an answer. Their codes are made of the keys: constants here,
/// as codes are views.
std::string_view missing_code(std::string_view key) {
  static const auto kCodes = [] {
    std::vector<std::pair<std::string_view, std::string>> codes;
    for (const auto& question : filing_questions())
      codes.emplace_back(question.key, code_of_missing(question.key));
    return codes;
  }();
  const auto found = std::ranges::find(kCodes, key, &decltype(kCodes)::value_type::first);
  return found->second;
}

class Faults {
 public:
  void add(std::string_view code, std::string english, std::string japanese) {
    faults_.push_back({code, {std::move(japanese), std::move(english)}});
  }
  std::vector<FilingFault> take() { return std::move(faults_); }

 private:
  std::vector<FilingFault> faults_;
};

void of_blanks(const Filing& filing, Faults& faults) {
  for (const auto& question : filing_questions()) {
    if (question.optional || !is_blank(question.get(filing))) continue;
    faults.add(missing_code(question.key),
               fmt::format("{} is not answered: {}", question.key, question.question.en),
               fmt::format("{} が未記入です。{}", question.key, question.question.ja));
  }
}

void of_responsible(const Filing& filing, const FilingRules& rules, Timestamp now, Faults& faults) {
  if (is_blank(filing.responsible)) return;
  const auto person = rules.person(filing.responsible);
  if (!person)
    faults.add(
        "responsible_unknown",
        fmt::format("the policy names nobody with the account {}: add a [[person]]",
                    filing.responsible),
        fmt::format("アカウント {} の者がポリシーにありません。[[person]] を追加してください",
                    filing.responsible));
  else if (!person->cleared_until)
    faults.add("clearance_missing",
               fmt::format("{}, who is responsible, has no clearance: give one in the policy",
                           person->name),
               fmt::format("責任者 {} に資格がありません。ポリシーで与えてください", person->name));
  else if (*person->cleared_until <= now)
    faults.add("clearance_expired",
               fmt::format("the clearance of {}, who is responsible, ended on {}: renew it in the "
                           "policy, or name another person",
                           person->name, to_rfc3339(*person->cleared_until)),
               fmt::format("責任者 {} の資格は {} に切れました。ポリシーで更新するか、"
                           "別の責任者を届け出てください",
                           person->name, to_rfc3339(*person->cleared_until)));
}

void of_period(const Filing& filing, Timestamp now, Faults& faults) {
  if (filing.from && filing.until && *filing.from >= *filing.until)
    faults.add("period_empty", "until is not after from", "until が from より後ではありません");
  else if (filing.until && *filing.until <= now)
    faults.add("period_over",
               fmt::format("the period filed ended on {}: think its necessity over and file again",
                           to_rfc3339(*filing.until)),
               fmt::format("届け出た期間は {} に終わりました。必要性を見直し、届け出直してください",
                           to_rfc3339(*filing.until)));
  else if (filing.from && *filing.from > now)
    faults.add("period_not_begun",
               fmt::format("the period filed begins on {}", to_rfc3339(*filing.from)),
               fmt::format("届け出た期間は {} に始まります", to_rfc3339(*filing.from)));
}

}  // namespace

std::vector<FilingFault> faults_of(const Filing& filing, const FilingRules& rules, Timestamp now) {
  Faults faults;
  of_blanks(filing, faults);
  if (!is_blank(filing.purpose) && !rules.knows_purpose(filing.purpose))
    faults.add("purpose_unknown",
               fmt::format("the policy has no purpose '{}': noroshi guard policy show lists them",
                           filing.purpose),
               fmt::format("ポリシーに目的 '{}' がありません。noroshi guard policy show "
                           "で一覧できます",
                           filing.purpose));
  of_responsible(filing, rules, now, faults);
  of_period(filing, now, faults);
  return faults.take();
}

std::optional<FilingFault> stop_reached(const Filing& filing, Timestamp filed,
                                        const FilingMeasures& measures, Timestamp now) {
  const auto& stop = filing.stop_when;
  const auto reached = [](std::string_view code, std::string english, std::string japanese) {
    return FilingFault{code, {std::move(japanese), std::move(english)}};
  };
  if (stop.most_reveals_a_day && measures.reveals > *stop.most_reveals_a_day)
    return reached("most_reveals_a_day",
                   fmt::format("{} pseudonyms were revealed in 24 hours, {} at most are filed",
                               measures.reveals, *stop.most_reveals_a_day),
                   fmt::format("24時間に {} 件の仮名が復元され、届け出た上限 {} 件を超えました",
                               measures.reveals, *stop.most_reveals_a_day));
  const auto used = std::max(filed, measures.last_asked.value_or(filed));
  if (stop.unused_days && now - used > std::chrono::days(*stop.unused_days))
    return reached("unused_days",
                   fmt::format("nobody asked under the purpose {} since {}, longer than the {} "
                               "days filed",
                               filing.purpose, to_rfc3339(used), *stop.unused_days),
                   fmt::format("目的 {} での閲覧が {} 以降なく、届け出た {} 日を超えました",
                               filing.purpose, to_rfc3339(used), *stop.unused_days));
  if (stop.most_flows_a_second &&
      measures.flows_a_second > static_cast<double>(*stop.most_flows_a_second))
    return reached("most_flows_a_second",
                   fmt::format("{:.0f} flows a second came in, {} at most are filed",
                               measures.flows_a_second, *stop.most_flows_a_second),
                   fmt::format("毎秒 {:.0f} 件のフローを受信し、届け出た上限 {} 件を超えました",
                               measures.flows_a_second, *stop.most_flows_a_second));
  return std::nullopt;
}

bool is_loopback(const IpAddress& address) {
  if (address.is_v4()) return address.v4() >> 24 == 127;
  return address.high() == 0 && address.low() == 1;
}

std::vector<FilingFault> beyond_loopback(const std::vector<IpAddress>& listening) {
  Faults faults;
  for (const auto& address : listening) {
    if (is_loopback(address)) continue;
    const auto text = address.to_string();
    faults.add("demo_beyond_loopback",
               fmt::format("the filing for simulated traffic does not cover {}: let collect.listen "
                           "name loopback addresses, or file your own with noroshi guard file",
                           text),
               fmt::format("模擬トラフィック用の届出は {} での収集に及びません。collect.listen "
                           "をループバックにするか、noroshi guard file で届け出てください",
                           text));
  }
  return faults.take();
}

std::string to_lines(const std::vector<FilingFault>& faults, Language language) {
  std::string text;
  for (const auto& fault : faults)
    text += fmt::format("{}: {}\n", fault.code, fault.text.in(language));
  return text;
}

}  // namespace noroshi
