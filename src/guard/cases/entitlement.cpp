#include "guard/cases/entitlement.h"

#include <fmt/format.h>

#include <algorithm>

namespace noroshi {
namespace {

bool has_role(const Person& person, const std::vector<std::string>& roles) {
  return std::ranges::any_of(
      roles, [&](const auto& role) { return std::ranges::count(person.roles, role) > 0; });
}

bool holds_today(const Policy& policy, const Clearance& clearance, Timestamp now) {
  return !clearance.last_day || *clearance.last_day >= day_of(policy, now);
}

/// Reveals are of the last class, whatever the purpose reads besides.
bool cleared_for_reveals(const Policy& policy, const Person& person, Timestamp now) {
  return !policy.classes.empty() &&
         std::ranges::any_of(person.clearances, [&](const Clearance& clearance) {
           return clearance.data_class == policy.classes.back().name &&
                  holds_today(policy, clearance, now);
         });
}

tl::unexpected<Error> refused(std::string message) {
  return failure(ErrorCode::kPermission, std::move(message));
}

Status cleared_and_in(const Policy& policy, const Person& person, const Purpose& purpose,
                      const std::vector<std::string>& roles, std::string_view act, Timestamp now) {
  if (!purpose.may_reveal())
    return refused(fmt::format("the purpose {} reveals nothing", purpose.name));
  if (!has_role(person, roles))
    return refused(
        fmt::format("{} has no role that may {} under {}", person.name, act, purpose.name));
  if (!cleared_for_reveals(policy, person, now))
    return refused(fmt::format("{} has no clearance for {} today", person.name,
                               policy.classes.empty() ? "reveals" : policy.classes.back().name));
  if (purpose.hours && !purpose.hours->contains(minutes_of_day(policy, now)))
    return refused(
        fmt::format("the purpose {} is for {} only", purpose.name, to_string(*purpose.hours)));
  return {};
}

}  // namespace

Status may_work_on_cases(const Policy& policy, const Person& person, Timestamp now) {
  if (person.roles.empty())
    return refused(fmt::format("{} has no role in the policy", person.account));
  if (std::ranges::none_of(person.clearances, [&](const Clearance& clearance) {
        return holds_today(policy, clearance, now);
      }))
    return refused(fmt::format("{} has no clearance today", person.name));
  return {};
}

Status may_ask_reveals(const Policy& policy, const Person& person, const Purpose& purpose,
                       Timestamp now) {
  return cleared_and_in(policy, person, purpose, purpose.roles, "ask for reveals", now);
}

Status may_approve_reveals(const Policy& policy, const Person& person, const Purpose& purpose,
                           Timestamp now) {
  return cleared_and_in(policy, person, purpose, purpose.approving_roles(), "approve reveals", now);
}

std::optional<ResponsiblePerson> responsible_person(const Policy& policy,
                                                    std::string_view account) {
  const auto found = std::ranges::find(policy.persons, account, &Person::account);
  if (found == policy.persons.end()) return std::nullopt;
  ResponsiblePerson person{found->name, std::nullopt};
  for (const auto& clearance : found->clearances) {
    if (!clearance.last_day) {
      person.cleared_until = Timestamp::max();
      break;
    }
    const Timestamp end = *clearance.last_day + std::chrono::days(1) - policy.utc_offset;
    person.cleared_until = std::max(end, person.cleared_until.value_or(end));
  }
  return person;
}

}  // namespace noroshi
