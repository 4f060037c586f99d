#include "guard/permission.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace noroshi {
namespace {

tl::unexpected<Refusal> refuse(std::string_view reason, std::string why) {
  return tl::unexpected(Refusal{reason, {ErrorCode::kPermission, std::move(why)}});
}

bool has_role(const Person& person, const std::vector<std::string>& roles) {
  return std::ranges::any_of(person.roles, [&](const std::string& role) {
    return std::ranges::find(roles, role) != roles.end();
  });
}

std::string purposes_of(const Policy& policy, const Person& person) {
  std::vector<std::string> names;
  for (const auto& purpose : policy.purposes)
    if (has_role(person, purpose.roles)) names.push_back(purpose.name);
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

/// The highest class that an unexpired clearance reaches, or why there is none.
tl::expected<std::size_t, Refusal> cleared_class(const Policy& policy, const Person& person,
                                                 Timestamp now) {
  if (person.is_machinery) return policy.classes.size() - 1;
  const auto today = day_of(policy, now);
  std::optional<std::size_t> highest;
  std::optional<std::chrono::sys_days> ended;
  for (const auto& clearance : person.clearances) {
    const auto number = policy.class_number(clearance.data_class);
    if (!number) continue;
    if (clearance.last_day && *clearance.last_day < today)
      ended = std::max(ended.value_or(*clearance.last_day), *clearance.last_day);
    else
      highest = std::max(highest.value_or(0), *number);
  }
  if (highest) return *highest;
  if (ended)
    return refuse("clearance-expired",
                  fmt::format("{}: the clearance ended on {:%F}; it is renewed in the policy",
                              person.name, std::chrono::system_clock::time_point(*ended)));
  return refuse("clearance", person.name + ": no clearance; one is given in the policy");
}

std::string words(const FieldSet& fields) {
  return fmt::format("{}", fmt::join(words_of(fields), ", "));
}

}  // namespace

tl::expected<const Purpose*, Refusal> choose_purpose(const Policy& policy, const Access& access,
                                                     Timestamp now) {
  const auto& person = access.who;
  if (person.roles.empty())
    return refuse("person", fmt::format("{}: the policy gives this account no role; ask whoever "
                                        "keeps the policy",
                                        person.account));
  auto name = access.purpose;
  for (const auto& each : person.roles) {
    if (!name.empty()) break;
    if (const auto* role = policy.find_role(each); role != nullptr) name = role->default_purpose;
  }
  if (name.empty())
    return refuse("purpose", fmt::format("a purpose must be stated: --purpose, one of {}",
                                         purposes_of(policy, person)));
  const auto* purpose = policy.find_purpose(name);
  if (purpose == nullptr)
    return refuse("purpose", fmt::format("the policy has no purpose '{}'; yours are {}", name,
                                         purposes_of(policy, person)));
  if (!has_role(person, purpose->roles))
    return refuse("role",
                  fmt::format("the purpose '{}' is for {}; yours are {}", name,
                              fmt::join(purpose->roles, ", "), purposes_of(policy, person)));
  if (purpose->hours && !purpose->hours->contains(minutes_of_day(policy, now)))
    return refuse("hours", fmt::format("the purpose '{}' may be used {}, at UTC{:+03}:{:02}", name,
                                       to_string(*purpose->hours), policy.utc_offset.count() / 60,
                                       std::abs(policy.utc_offset.count() % 60)));
  if (purpose->needs_case && access.case_id.empty())
    return refuse("case",
                  fmt::format("the purpose '{}' is for work on a case: --case names it", name));
  return purpose;
}

tl::expected<Permission, Refusal> permission_for(const Policy& policy, const Access& access,
                                                 const Demand& demand, Timestamp now) {
  const auto chosen = choose_purpose(policy, access, now);
  if (!chosen) return tl::unexpected(chosen.error());
  const auto& purpose = **chosen;
  const auto highest = cleared_class(policy, access.who, now);
  if (!highest) return tl::unexpected(highest.error());
  FieldSet cleared;
  for (std::size_t at = 0; at <= *highest; ++at) cleared |= policy.classes[at].fields;

  if (!purpose.reads(demand.table))
    return refuse("table", fmt::format("the purpose '{}' does not read {}", purpose.name,
                                       name_of(demand.table)));
  if (demand.table == GuardedTable::kRollups && purpose.suppresses())
    return refuse(
        "suppression",
        fmt::format("the purpose '{}' leaves out sums over fewer than {} lines, and trends "
                    "do not tell how many: ask noroshi flows series",
                    purpose.name, purpose.suppress_below));
  const auto counts = purpose.granularity == Granularity::kCounts;
  if (counts && demand.single_flows)
    return refuse("granularity", fmt::format("the purpose '{}' sees sums alone: ask with --stat or "
                                             "--aggregate, or with flows series",
                                             purpose.name));
  if (counts && demand.by_address)
    return refuse("granularity",
                  fmt::format("the purpose '{}' sees nothing by address", purpose.name));
  if (counts && demand.names_lines)
    return refuse("granularity",
                  fmt::format("the purpose '{}' sees no single line: leave the pseudonym out of "
                              "the filter",
                              purpose.name));
  if (demand.leaves && !purpose.exports)
    return refuse("export",
                  fmt::format("under the purpose '{}' no flows leave as files", purpose.name));
  const auto needed = demand.looks_at | fields_of_every_answer();
  if (const auto unseen = needed & ~purpose.fields; unseen.any())
    return refuse("field",
                  fmt::format("the purpose '{}' does not see {}: ask without, or state a "
                              "purpose that does; yours are {}",
                              purpose.name, words(unseen), purposes_of(policy, access.who)));
  if (const auto unseen = needed & ~cleared; unseen.any())
    return refuse("clearance",
                  fmt::format("{}: the clearance does not reach {} (class {})", access.who.name,
                              words(unseen), policy.classes[policy.class_of(unseen)].name));
  return Permission{&purpose, purpose.fields & cleared};
}

}  // namespace noroshi
