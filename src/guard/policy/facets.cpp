#include "guard/policy/facets.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace noroshi {
namespace {

Bilingual same(std::string text) { return {text, text}; }

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

Bilingual listed(const std::vector<std::string>& words) {
  return words.empty() ? Bilingual{"なし", "none"} : same(joined(words));
}

Bilingual granularity_in_words(Granularity granularity) {
  switch (granularity) {
    case Granularity::kCounts:
      return {"集計値のみ（個々の通信・アドレスは見えない）",
              "sums alone: no single flow, nothing by address"};
    case Granularity::kPseudonyms:
      return {"個々の通信。加入者は仮名", "single flows, subscribers under pseudonyms"};
    case Granularity::kAddresses:
      return {"個々の通信。加入者は仮名で、承認を経て復元できる",
              "single flows, subscribers under pseudonyms that may be revealed"};
  }
  return {};
}

Bilingual retention_in_words(std::uint32_t days) {
  if (days == 0) return {"保存されている限り", "as far as anything is kept"};
  return {fmt::format("{}日前まで", days), fmt::format("{} days", days)};
}

Bilingual reveals_in_words(const Purpose& purpose) {
  if (!purpose.may_reveal()) return {"できない", "none"};
  const auto roles = joined(purpose.approving_roles());
  const Bilingual how = purpose.bulk_reveal ? Bilingual{"一括で", "many at once"}
                                            : Bilingual{"1件ずつ", "one by one"};
  if (purpose.approvals == 0)
    return {how.ja + "、承認なしで可", how.en + ", without anybody's approval"};
  return {fmt::format("{}、本人以外の{}名（{}）の承認を要する", how.ja, purpose.approvals, roles),
          fmt::format("{}, each with the approval of {} other {} ({})", how.en, purpose.approvals,
                      purpose.approvals == 1 ? "person" : "people", roles)};
}

Bilingual suppression_in_words(std::uint32_t below) {
  if (below <= 1) return {"なし", "none"};
  return {fmt::format("{}回線未満の集計は出さない", below),
          fmt::format("sums over fewer than {} subscriber lines are left out", below)};
}

Bilingual rounding_in_words(std::uint32_t to) {
  if (to <= 1) return {"なし", "none"};
  return {fmt::format("{}単位に丸める", to), fmt::format("counts to multiples of {}", to)};
}

Bilingual yes_or_no(bool yes) { return yes ? Bilingual{"はい", "yes"} : Bilingual{"いいえ", "no"}; }

std::string offset_text(std::chrono::minutes offset) {
  const auto absolute = std::chrono::abs(offset).count();
  return fmt::format("UTC{}{:02}:{:02}", offset.count() < 0 ? '-' : '+', absolute / 60,
                     absolute % 60);
}

}  // namespace

std::vector<Facet> facets_of(const Policy& policy) {
  const auto named = [](const std::string& name) {
    return name.empty() ? Bilingual{"なし", "none"} : same(name);
  };
  std::vector<Facet> facets = {
      {"utc_offset", {"時刻の基準", "times of day in"}, same(offset_text(policy.utc_offset))},
      {"default_role",
       {"名簿にないアカウントの役割", "role of accounts that are not named"},
       named(policy.default_role)},
      {"default_clearance",
       {"名簿にないアカウントの権限", "clearance of accounts that are not named"},
       named(policy.default_clearance)},
  };
  for (std::size_t at = 0; at < kOversightActs; ++at) {
    const auto act = static_cast<OversightAct>(at);
    const auto& roles = policy.overseers_of(act);
    const auto& words = words_of(act);
    facets.push_back(
        {name_of(act),
         {words.ja + "ができる役割", "roles that may oversee by " + words.en},
         roles.empty() ? Bilingual{"なし（状態の所有者のみ）", "none: only the owner of the state"}
                       : same(joined(roles))});
  }
  return facets;
}

std::vector<Facet> facets_of(const DataClass& data_class) {
  return {{"meaning", {"意味", "means"}, data_class.meaning},
          {"fields", {"項目", "fields"}, listed(words_of(data_class.fields))}};
}

std::vector<Facet> facets_of(const Role& role) {
  return {
      {"meaning", {"意味", "means"}, role.meaning},
      {"default_purpose",
       {"目的を言わないときの目的", "purpose when none is stated"},
       role.default_purpose.empty() ? Bilingual{"なし（必ず述べる）", "none: one must be stated"}
                                    : same(role.default_purpose)}};
}

std::vector<Facet> facets_of(const Purpose& purpose) {
  std::vector<std::string> tables;
  for (const auto table : purpose.tables) tables.emplace_back(name_of(table));
  const auto& basis = words_of(purpose.basis);
  return {
      {"title", {"内容", "is for"}, purpose.title},
      {"basis",
       {"法的根拠", "legal basis"},
       {basis.ja + "。" + purpose.basis_in_words.ja, basis.en + ". " + purpose.basis_in_words.en}},
      {"necessity", {"必要性", "necessity"}, purpose.necessity},
      {"means", {"手段", "means"}, purpose.means},
      {"roles", {"使える役割", "roles"}, listed(purpose.roles)},
      {"tables", {"対象", "reads"}, listed(tables)},
      {"fields", {"項目", "fields"}, listed(words_of(purpose.fields))},
      {"granularity", {"見え方", "sees"}, granularity_in_words(purpose.granularity)},
      {"retention_days",
       {"遡れる期間", "how far back"},
       retention_in_words(purpose.retention_days)},
      {"needs_case",
       {"案件", "case"},
       purpose.needs_case ? Bilingual{"案件の範囲に限る", "within a case alone"}
                          : Bilingual{"不要", "not needed"}},
      {"hours",
       {"時間帯", "time of day"},
       purpose.hours ? same(to_string(*purpose.hours)) : Bilingual{"いつでも", "any"}},
      {"approvals", {"仮名の復元", "reveals"}, reveals_in_words(purpose)},
      {"exports", {"ファイルへの持ち出し", "may leave as files"}, yes_or_no(purpose.exports)},
      {"suppress_below", {"秘匿", "suppression"}, suppression_in_words(purpose.suppress_below)},
      {"round_to", {"丸め", "rounding"}, rounding_in_words(purpose.round_to)},
  };
}

std::vector<Facet> facets_of(const Person& person) {
  Bilingual clearances;
  for (const auto& clearance : person.clearances) {
    const auto until =
        clearance.last_day
            ? fmt::format("{:%F}", std::chrono::system_clock::time_point(*clearance.last_day))
            : std::string();
    clearances.ja += fmt::format("{}{}{}", clearances.ja.empty() ? "" : "、", clearance.data_class,
                                 until.empty() ? "" : "（" + until + "まで）");
    clearances.en += fmt::format("{}{}{}", clearances.en.empty() ? "" : ", ", clearance.data_class,
                                 until.empty() ? "" : " until " + until);
  }
  return {{"name", {"氏名", "name"}, same(person.name)},
          {"roles", {"役割", "roles"}, listed(person.roles)},
          {"clearances", {"権限", "clearances"}, clearances}};
}

}  // namespace noroshi
