#include "guard/policy/policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/check.h"

namespace noroshi {

std::string_view name_of(LegalBasis basis) {
  switch (basis) {
    case LegalBasis::kLegitimateBusinessAct:
      return "legitimate-business-act";
    case LegalBasis::kAvertingPresentDanger:
      return "averting-present-danger";
    case LegalBasis::kConsent:
      return "consent";
    case LegalBasis::kStatute:
      return "statute";
  }
  return "";
}

const Bilingual& words_of(LegalBasis basis) {
  static const Bilingual kWords[] = {
      {"正当業務行為", "legitimate business act (正当業務行為)"},
      {"緊急避難", "averting a present danger (緊急避難)"},
      {"通信当事者の同意", "consent of a party to the communication (同意)"},
      {"法令に基づく行為", "act under a statute (法令に基づく行為)"},
  };
  return kWords[static_cast<std::size_t>(basis)];
}

std::string_view name_of(Granularity granularity) {
  switch (granularity) {
    case Granularity::kCounts:
      return "counts";
    case Granularity::kPseudonyms:
      return "pseudonyms";
    case Granularity::kAddresses:
      return "addresses";
  }
  return "";
}

std::string_view name_of(OversightAct act) {
  switch (act) {
    case OversightAct::kReadAudit:
      return "read_audit";
    case OversightAct::kVerifyAudit:
      return "verify_audit";
    case OversightAct::kStampAudit:
      return "stamp_audit";
    case OversightAct::kExportAudit:
      return "export_audit";
    case OversightAct::kMakeReport:
      return "make_report";
    case OversightAct::kSeeRetention:
      return "see_retention";
  }
  return "";
}

const Bilingual& words_of(OversightAct act) {
  static const Bilingual kWords[] = {
      {"監査記録の閲覧", "reading the audit"},
      {"監査記録の検証", "verifying the audit"},
      {"監査記録への時刻認証", "time-stamping the audit"},
      {"監査記録の持ち出し", "exporting the audit"},
      {"月次報告の作成", "making the month's report"},
      {"保存と削除の状況の閲覧", "seeing what is kept and deleted"},
  };
  static_assert(std::size(kWords) == kOversightActs);
  return kWords[static_cast<std::size_t>(act)];
}

std::string_view name_of(GuardedTable table) {
  switch (table) {
    case GuardedTable::kFlows:
      return "flows";
    case GuardedTable::kContacts:
      return "contacts";
    case GuardedTable::kRollups:
      return "rollups";
  }
  return "";
}

bool TimeOfDay::contains(std::chrono::minutes since_midnight) const {
  if (from <= to) return from <= since_midnight && since_midnight < to;
  return from <= since_midnight || since_midnight < to;
}

std::string to_string(const TimeOfDay& time) {
  const auto text = [](std::chrono::minutes minutes) {
    return fmt::format("{:02}:{:02}", minutes.count() / 60, minutes.count() % 60);
  };
  return text(time.from) + "-" + text(time.to);
}

bool Purpose::reads(GuardedTable table) const {
  return std::ranges::find(tables, table) != tables.end();
}

const Purpose* Policy::find_purpose(std::string_view name) const {
  const auto found = std::ranges::find(purposes, name, &Purpose::name);
  return found == purposes.end() ? nullptr : &*found;
}

const Role* Policy::find_role(std::string_view name) const {
  const auto found = std::ranges::find(roles, name, &Role::name);
  return found == roles.end() ? nullptr : &*found;
}

std::optional<std::size_t> Policy::class_number(std::string_view name) const {
  const auto found = std::ranges::find(classes, name, &DataClass::name);
  if (found == classes.end()) return std::nullopt;
  return static_cast<std::size_t>(found - classes.begin());
}

std::size_t Policy::class_of(const FieldSet& fields) const {
  std::size_t highest = 0;
  for (std::size_t at = 0; at < classes.size(); ++at)
    if ((classes[at].fields & fields).any()) highest = at;
  return highest;
}

Person Policy::person_of(std::string_view account) const {
  const auto found = std::ranges::find(persons, account, &Person::account);
  if (found != persons.end()) return *found;
  Person person;
  person.name = person.account = account;
  if (default_role.empty()) return person;
  person.roles = {default_role};
  if (!default_clearance.empty()) person.clearances = {{default_clearance, std::nullopt}};
  return person;
}

std::chrono::sys_days day_of(const Policy& policy, Timestamp moment) {
  return std::chrono::floor<std::chrono::days>(moment + policy.utc_offset);
}

std::chrono::minutes minutes_of_day(const Policy& policy, Timestamp moment) {
  const auto local = moment + policy.utc_offset;
  return std::chrono::floor<std::chrono::minutes>(local -
                                                  std::chrono::floor<std::chrono::days>(local));
}

Policy built_in_policy() {
  auto policy = parse_policy(built_in_policy_text(), "built-in policy");
  CHECK(policy.has_value());
  return std::move(*policy);
}

Result<Policy> policy_in_force(const std::string& stated_path) {
  if (!stated_path.empty()) return read_policy(stated_path);
  const std::string usual(kUsualPolicyPath);
  std::error_code error;
  if (std::filesystem::exists(usual, error)) return read_policy(usual);
  return built_in_policy();
}

}  // namespace noroshi
