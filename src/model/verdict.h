#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/evidence.h"
#include "net/endpoint.h"

namespace noroshi {

/// A: confirmed. B: suspected. C: watch. (DESIGN "Fusion".)
enum class Tier : std::uint8_t { kA, kB, kC };

[[nodiscard]] constexpr std::string_view to_string(Tier tier) {
  return tier == Tier::kA ? "A" : tier == Tier::kB ? "B" : "C";
}

/// What is thought of one server, and why. Names no client.
struct Verdict {
  Endpoint server;
  Tier tier = Tier::kC;
  double probability = 0;
  std::uint64_t clients = 0;      ///< local hosts that called it
  std::uint64_t connections = 0;  ///< that they made
  std::uint64_t first = 0;        ///< ms since 1970 UTC
  std::uint64_t last = 0;
  std::vector<Evidence> evidence;          ///< for, strongest first
  std::vector<Evidence> counter_evidence;  ///< against, strongest first
  /// Codes of what would change this verdict, and of what could not be judged.
  std::vector<std::string_view> would_change;
  std::vector<std::string_view> not_judged;
};

/// Why a local host is thought infected.
enum class InfectionReason : std::uint8_t { kScan, kFlood, kPeerNode, kCallsServer };

[[nodiscard]] constexpr std::string_view to_string(InfectionReason reason) {
  switch (reason) {
    case InfectionReason::kScan:
      return "scan";
    case InfectionReason::kFlood:
      return "flood";
    case InfectionReason::kPeerNode:
      return "p2p_node";
    case InfectionReason::kCallsServer:
      break;
  }
  return "calls_c2";
}

/// A host inside that scans, floods, or calls a server of tier A or B; one that attacks, calls no
/// such server and talks to very many peers is a node of a botnet that has none. Read under a
/// grant.
struct InfectedHost {
  struct Finding {
    InfectionReason reason = InfectionReason::kScan;
    /// Scan: only port and protocol are set; node: only the protocol; else the victim or the
    /// server.
    Endpoint target;
    std::uint64_t count = 0;  ///< destinations scanned, packets sent, peers, or connections made
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };
  IpAddress address;
  std::vector<Finding> findings;  ///< strongest first; never empty
};

}  // namespace noroshi
