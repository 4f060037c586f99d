// A text → a policy, or an error with file and line → its plain words and its JSON, which every
// policy has, and no difference from itself.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "guard/policy/findings.h"
#include "guard/policy/policy.h"
#include "guard/policy/policy_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace noroshi;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = parse_policy(text, "policy.toml");
  if (!policy) {
    CHECK(policy.error().message.starts_with("policy.toml:"));
    return 0;
  }
  const auto again = parse_policy(text, "policy.toml");
  CHECK(again.has_value());
  for (const auto language : {Language::kJapanese, Language::kEnglish}) {
    CHECK(!policy_as_text(*policy, language).empty());
    CHECK(difference_as_text(*policy, *again, language).empty());
  }
  CHECK(!policy_as_json(*policy).empty());
  (void)findings(*policy, {.flows = 30, .contacts = 400}, Timestamp{});
  for (const auto& purpose : policy->purposes) {
    CHECK(policy->class_of(purpose.fields) < policy->classes.size());
    CHECK(purpose.approvals <= Purpose::kMostApprovals);
    CHECK(!purpose.roles.empty());
  }
  return 0;
}
