#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "guard/audit/entry.h"
#include "guard/person.h"

namespace noroshi {

/// What was refused, for the audit.
struct RefusedAct {
  std::string act;      ///< "approve"
  std::string case_id;  ///< empty: of none that exists
  std::string request;
};

/// Writes that a person was refused, and gives back `why`; or, when the audit takes no entry, why
/// that is. What a person typed may hold a subscriber's address, which the audit refuses: then it
/// is told of without the words.
[[nodiscard]] tl::unexpected<Error> refuse_on_record(
    const std::function<Status(AuditEntry)>& append, const Person& who, const RefusedAct& refused,
    Error why);

}  // namespace noroshi
