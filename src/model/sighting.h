#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/ip_address.h"

namespace noroshi {

/// By whom a host was seen doing what only infected devices do.
enum class SightingKind : std::uint8_t {
  kScan,       ///< our own flows: it walked over addresses or ports
  kTelescope,  ///< packets at dark addresses
  kDecoy,      ///< it attacked a decoy
  kSurvey,     ///< a survey inside its mandate found it infected
  kReport,     ///< somebody else's word: a feed of infected hosts, a partner
};
inline constexpr std::size_t kSightingKinds = 5;

[[nodiscard]] constexpr std::string_view to_string(SightingKind kind) {
  constexpr std::string_view kNames[] = {"scan", "telescope", "decoy", "survey", "report"};
  return kNames[static_cast<std::size_t>(kind)];
}

/// One host, seen from `first` to `last` (ms since 1970 UTC) by one source. A subscriber's is its
/// pseudonym.
struct Sighting {
  IpAddress host;
  SightingKind kind = SightingKind::kReport;
  std::string source;  ///< "scan", "nicter": small letters, digits, '-'
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint16_t port = 0;   ///< that it attacked or was found at; 0: none or many
  std::uint64_t count = 0;  ///< packets, attacks or findings
};

}  // namespace noroshi
