#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "guard/person.h"
#include "guard/policy/policy.h"

namespace noroshi {

/// What a question wants to see, before it is known whether it may.
struct Demand {
  GuardedTable table = GuardedTable::kFlows;
  FieldSet looks_at;  ///< columns it groups by or filters on: all are needed
  FieldSet shows;     ///< columns of the rows it shows, as far as they are allowed
  bool single_flows = false;
  bool by_address = false;   ///< groups by an address of traffic
  bool names_lines = false;  ///< filters on single pseudonyms
  bool leaves = false;       ///< rows become a file
  std::uint64_t step = 0;    ///< ms: a window is narrowed to multiples of it; 0 and 1: to any
  std::string words;         ///< "flows by srcip": for the audit
};

/// Why something is refused: a word for the audit, and an Error for the person, which says what
/// would help.
struct Refusal {
  std::string_view reason;
  Error error;
};

/// What a person may do under a purpose.
struct Permission {
  const Purpose* purpose = nullptr;  ///< of the policy
  FieldSet fields;                   ///< of the purpose, as far as the clearance reaches
};

/// Whether a person may use a purpose at this moment, whatever for: role, time of day, a case where
/// one is needed. An empty purpose is the default one of the first role that has one.
[[nodiscard]] tl::expected<const Purpose*, Refusal> choose_purpose(const Policy& policy,
                                                                   const Access& access,
                                                                   Timestamp now);

/// The same, and whether purpose and clearance cover what is asked for.
[[nodiscard]] tl::expected<Permission, Refusal> permission_for(const Policy& policy,
                                                               const Access& access,
                                                               const Demand& demand, Timestamp now);

}  // namespace noroshi
