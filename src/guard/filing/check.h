#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bilingual.h"
#include "base/time.h"
#include "guard/filing/filing.h"
#include "net/ip_address.h"

namespace noroshi {

/// Something that keeps collection from being allowed, or has ended it.
struct FilingFault {
  std::string_view code;  ///< "period_over": for programs; docs/reference/filing.md lists them
  Bilingual text;         ///< what is missing, and what to do
};

/// What the policy says of a person, as far as a filing needs it.
struct ResponsiblePerson {
  std::string name;
  std::optional<Timestamp> cleared_until;  ///< none: not cleared for anything
};

/// What a filing is held against.
struct FilingRules {
  std::function<bool(std::string_view purpose)> knows_purpose;
  /// By account; nullopt for an account that the policy gives to nobody.
  std::function<std::optional<ResponsiblePerson>(std::string_view account)> person;
};

/// Every answer that is missing or cannot be, in the order of the form. The filing of the
/// demonstration is not to be asked about: it answers for itself.
[[nodiscard]] std::vector<FilingFault> faults_of(const Filing& filing, const FilingRules& rules,
                                                 Timestamp now);

/// What has been measured of the collection that a filing covers.
struct FilingMeasures {
  double flows_a_second = 0;            ///< mean over the last 10 seconds
  std::uint32_t reveals = 0;            ///< pseudonyms revealed in the last 24 hours
  std::optional<Timestamp> last_asked;  ///< when a person last read under the filed purpose
};

/// The first of the filing's measurable criteria that is reached. `filed` is when it was filed: it
/// counts as the first use.
[[nodiscard]] std::optional<FilingFault> stop_reached(const Filing& filing, Timestamp filed,
                                                      const FilingMeasures& measures,
                                                      Timestamp now);

/// 127.0.0.0/8 and ::1: what never leaves the machine.
[[nodiscard]] bool is_loopback(const IpAddress& address);
/// The listening addresses that the filing of the demonstration does not cover.
[[nodiscard]] std::vector<FilingFault> beyond_loopback(const std::vector<IpAddress>& listening);

/// The faults as lines, each "code: text".
[[nodiscard]] std::string to_lines(const std::vector<FilingFault>& faults, Language language);

}  // namespace noroshi
