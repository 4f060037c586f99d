#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace noroshi {

/// Independent kinds of evidence. Two of them are needed for the top tier.
enum class EvidenceGroup : std::uint8_t {
  kTemporal,
  kSocial,
  kBehaviour,
  kSighting,
  kIntelligence,
  kInfrastructure,
  kVerification,
};
inline constexpr std::size_t kEvidenceGroups = 7;

[[nodiscard]] constexpr std::string_view to_string(EvidenceGroup group) {
  constexpr std::string_view kNames[] = {"temporal",    "social",       "behaviour",
                                         "sighting",    "intelligence", "infrastructure",
                                         "verification"};
  return kNames[static_cast<std::size_t>(group)];
}

/// One reason for (positive) or against (negative) a server's being a C&C server.
struct Evidence {
  EvidenceGroup group = EvidenceGroup::kBehaviour;
  /// A reason code: static, lower case with underscores. Its sentences are in judge/fuse/reasons.
  std::string_view code;
  /// The number the detector computed; what it is the code says.
  double statistic = 0;
  /// Natural log of the likelihood ratio P(seen | C&C) / P(seen | not), before any group cap.
  double log_likelihood_ratio = 0;
  /// Named values for the sentence, already printed: no client's address is ever among them.
  std::vector<std::pair<std::string_view, std::string>> arguments{};
};

}  // namespace noroshi
