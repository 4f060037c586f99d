#pragma once

#include <string>

#include "base/bilingual.h"
#include "guard/policy/policy.h"

namespace noroshi {

/// The whole policy in plain words, for a person who has never seen the file.
[[nodiscard]] std::string policy_as_text(const Policy& policy, Language language);
/// The same for programs: every value as policy.toml has it, defaults too.
[[nodiscard]] std::string policy_as_json(const Policy& policy);

/// What changes when `after` takes the place of `before`; empty where nothing does.
[[nodiscard]] std::string difference_as_text(const Policy& before, const Policy& after,
                                             Language language);
/// {"differences": [{"part", "key", "before": {ja, en}, "after": {ja, en}}]}; a part that was added
/// or removed has no `key`.
[[nodiscard]] std::string difference_as_json(const Policy& before, const Policy& after);

}  // namespace noroshi
