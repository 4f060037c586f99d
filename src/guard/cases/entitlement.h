#pragma once

#include <cstddef>

#include "base/result.h"
#include "base/time.h"
#include "guard/filing/check.h"
#include "guard/person.h"
#include "guard/policy/policy.h"

namespace noroshi {

// What the policy lets a person do about cases and reveals, as of `now`. Each refusal is
// kPermission and names what is missing: a role, a clearance that has ended, the hour of the day.

/// Opens, closes and lists cases: anybody with a role, cleared for anything today.
[[nodiscard]] Status may_work_on_cases(const Policy& policy, const Person& person, Timestamp now);
/// Asks for pseudonyms to be revealed under a purpose, and is shown the answer.
[[nodiscard]] Status may_ask_reveals(const Policy& policy, const Person& person,
                                     const Purpose& purpose, Timestamp now);
/// Approves or rejects what others ask under a purpose.
[[nodiscard]] Status may_approve_reveals(const Policy& policy, const Person& person,
                                         const Purpose& purpose, Timestamp now);

/// The policy as a filing is held against it.
[[nodiscard]] std::optional<ResponsiblePerson> responsible_person(const Policy& policy,
                                                                  std::string_view account);

}  // namespace noroshi
