#include "guard/policy/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace noroshi {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::uint32_t days_of(const DaysKept& kept, GuardedTable table) {
  switch (table) {
    case GuardedTable::kFlows:
      return kept.flows;
    case GuardedTable::kContacts:
      return kept.contacts;
    case GuardedTable::kRollups:
      return kept.rollups;
  }
  return 0;
}

bool somebody_has(const Policy& policy, const std::vector<std::string>& roles) {
  if (contains(roles, Person::kSystemRole)) return true;
  if (!policy.default_role.empty() && contains(roles, policy.default_role)) return true;
  return std::ranges::any_of(policy.persons, [&](const Person& person) {
    return std::ranges::any_of(person.roles,
                               [&](const std::string& role) { return contains(roles, role); });
  });
}

void look_at_purposes(const Policy& policy, const DaysKept& kept, std::vector<Bilingual>& found) {
  for (const auto& purpose : policy.purposes) {
    const auto& name = purpose.name;
    if (!somebody_has(policy, purpose.roles))
      found.push_back({fmt::format("目的 {}: 名簿に使える人がいない", name),
                       fmt::format("purpose {}: nobody is named who could use it", name)});
    const bool approvable = std::ranges::any_of(policy.persons, [&](const Person& person) {
      return std::ranges::any_of(person.roles, [&](const std::string& role) {
        return contains(purpose.approving_roles(), role);
      });
    });
    if (purpose.approvals > 0 && !approvable)
      found.push_back(
          {fmt::format("目的 {}: 復元には{}名の承認が要るが、承認できる人が名簿にいない", name,
                       purpose.approvals),
           fmt::format(
               "purpose {}: a reveal needs {} approvals, and nobody is named who could give "
               "them",
               name, purpose.approvals)});
    for (const auto table : purpose.tables) {
      const auto days = days_of(kept, table);
      if (days > 0 && purpose.retention_days > days)
        found.push_back({fmt::format("目的 {}: {}日前まで遡れるが、{} は{}日しか保存されない", name,
                                     purpose.retention_days, name_of(table), days),
                         fmt::format("purpose {}: reads {} days back, and {} are kept for {}", name,
                                     purpose.retention_days, name_of(table), days)});
    }
  }
}

void look_at_persons(const Policy& policy, Timestamp now, std::vector<Bilingual>& found) {
  const auto today = day_of(policy, now);
  for (const auto& person : policy.persons) {
    for (const auto& clearance : person.clearances)
      if (clearance.last_day && *clearance.last_day < today)
        found.push_back(
            {fmt::format("{}: {} の権限は期限切れ", person.name, clearance.data_class),
             fmt::format("{}: the clearance for {} has ended", person.name, clearance.data_class)});
    const auto uses = [&](const Purpose& purpose) {
      return std::ranges::any_of(
          person.roles, [&](const std::string& role) { return contains(purpose.roles, role); });
    };
    const auto approves = [&](const Purpose& purpose) {
      return purpose.approvals > 0 &&
             std::ranges::any_of(person.roles, [&](const std::string& role) {
               return contains(purpose.approving_roles(), role);
             });
    };
    if (std::ranges::none_of(policy.purposes, uses) &&
        std::ranges::none_of(policy.purposes, approves))
      found.push_back({fmt::format("{}: どの目的も使えず、承認もできない", person.name),
                       fmt::format("{}: can use no purpose and approve nothing", person.name)});
  }
}

}  // namespace

std::vector<Bilingual> findings(const Policy& policy, const DaysKept& kept, Timestamp now) {
  std::vector<Bilingual> found;
  if (!policy.default_role.empty())
    found.push_back(
        {fmt::format("名簿にないアカウントはすべて役割 {} を持つ", policy.default_role),
         fmt::format("every account that is not named has the role {}", policy.default_role)});
  if (!somebody_has(policy, policy.overseers_of(OversightAct::kReadAudit)))
    found.push_back({"監査記録を読める人が名簿にいない（状態の所有者のみ）",
                     "nobody is named who may read the audit: only the owner of the state can"});
  look_at_purposes(policy, kept, found);
  look_at_persons(policy, now, found);
  return found;
}

}  // namespace noroshi
