#pragma once

#include <optional>
#include <string_view>

#include "guard/filing/check.h"
#include "guard/filing/filing.h"

namespace noroshi {

/// 2026-11-22.
inline constexpr Timestamp kFilingNow{std::chrono::milliseconds(1'795'305'600'000)};

/// A filing to which nothing is missing at kFilingNow under rules_for_test().
inline Filing whole_filing() {
  Filing filing;
  filing.purpose = "c2-detection";
  filing.purpose_in_words = "find the servers that command bots";
  filing.necessity = "nothing less finds them";
  filing.means = "sampled flows, subscribers under pseudonyms";
  filing.checking = "tiers A and B each morning";
  filing.stop_criteria = {"a read outside the purpose"};
  filing.responsible = "hanako";
  filing.mode = Filing::Mode::kOperation;
  filing.from = kFilingNow - std::chrono::days(10);
  filing.until = kFilingNow + std::chrono::days(100);
  return filing;
}

inline FilingRules rules_for_test() {
  return {[](std::string_view purpose) { return purpose == "c2-detection"; },
          [](std::string_view account) -> std::optional<ResponsiblePerson> {
            if (account == "hanako")
              return ResponsiblePerson{"Hanako", kFilingNow + std::chrono::days(1000)};
            if (account == "expired") return ResponsiblePerson{"Old", kFilingNow};
            if (account == "uncleared") return ResponsiblePerson{"New", std::nullopt};
            return std::nullopt;
          }};
}

}  // namespace noroshi
