#include "guard/retention/holds.h"

#include <algorithm>

#include "guard/policy/policy.h"

namespace noroshi {

bool is_guarded_table(std::string_view table) {
  return table == name_of(GuardedTable::kFlows) || table == name_of(GuardedTable::kContacts);
}

HeldData HeldData::everything() {
  HeldData held;
  held.everything_ = true;
  return held;
}

HeldData HeldData::ask(const HoldSource& source) {
  if (!source) return {};
  auto holds = source();
  return holds ? HeldData(std::move(*holds)) : everything();
}

std::vector<std::string> HeldData::cases_of(std::string_view table, Timestamp from,
                                            Timestamp to) const {
  std::vector<std::string> cases;
  if (!is_guarded_table(table)) return cases;
  if (everything_) return {"unknown"};
  for (const auto& hold : holds_)
    if (hold.from < to && from < hold.to && std::ranges::find(cases, hold.case_id) == cases.end())
      cases.push_back(hold.case_id);
  return cases;
}

}  // namespace noroshi
