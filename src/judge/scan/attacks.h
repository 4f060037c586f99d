#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "judge/case.h"
#include "model/verdict.h"

namespace noroshi {

/// Something a client did that only attackers do.
struct Attack {
  IpAddress client;
  InfectionReason reason = InfectionReason::kScan;
  /// Horizontal scan: port and protocol, no address. Vertical scan: address and protocol, port
  /// zero. Flood: the victim.
  Endpoint target;
  std::uint64_t count = 0;  ///< destinations or ports that did not answer; packets of a flood
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

/// Scans: towards one port, the client's first connections walk over the scanner's threshold, and
/// at least kLeastFailures destinations did not answer; or as many ports of one destination.
///
/// `services` says what each activity's port is known for: unanswered time, name and discovery
/// requests are no scan. Cited: see ThresholdRandomWalk. Known false positives: peer-to-peer
/// clients with many vanished peers, vulnerability scanners that are meant to run, monitoring of
/// hosts that are down.
[[nodiscard]] std::vector<Attack> find_scans(const ContactSummary& summary, const View& view,
                                             std::span<const ContactFacts> facts,
                                             std::span<const KnownService> activity_services);
inline constexpr std::uint64_t kLeastFailures = 10;

/// Floods: one-sided, and faster than a program that wants an answer would ask.
///
/// Known false positives: one-way media and telemetry over UDP above 100 packets a second, load
/// tests.
[[nodiscard]] bool is_flood(const Contact& contact, const View& view);

}  // namespace noroshi
