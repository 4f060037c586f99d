#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "judge/classifier/server_features.h"
#include "learn/baselines.h"
#include "learn/truth.h"
#include "model/evidence.h"

namespace noroshi {

/// One server on one day, as one view of one network shows it: what is learnt from, and what is
/// measured on.
struct EndpointDay {
  Endpoint server;
  ServerRole role = ServerRole::kOrdinary;
  std::uint16_t family = 0;    ///< index in DayOfNetwork::texts; 0: none
  std::uint16_t kind = 0;      ///< the same: habit, or kind of botnet
  std::uint32_t bots = 0;      ///< infected lines that called it, by the truth, seen or not
  float expected_packets = 0;  ///< sampled ones, in the day; NaN: the truth does not say
  bool seen = false;           ///< false: the judge had nothing of it; features are all NaN
  ServerFeatures features{};
  BaselineScores baselines{};
  /// Of the judge's evidence for it, before caps: log-likelihood ratios by group.
  std::array<float, kEvidenceGroups> groups{};

  [[nodiscard]] bool positive() const { return role == ServerRole::kCommand; }
  [[nodiscard]] bool negative() const { return is_negative(role); }
};

/// A day of a network through one view: its servers of every role.
struct DayOfNetwork {
  std::string network{};
  std::uint64_t seed = 0;
  std::string source{};     ///< "simulated" or "recorded"
  std::string digest{};     ///< SHA-256 of the scenario, or of the truth, that it is of
  std::uint64_t begin = 0;  ///< ms since 1970 UTC
  std::uint64_t end = 0;
  std::uint32_t sampling = 0;  ///< 0: not stated
  std::uint64_t lines = 0;     ///< of the network
  std::uint64_t hosts = 0;     ///< local ones that the view shows
  std::uint64_t flows_late = 0;
  std::uint64_t contacts_not_kept = 0;
  std::vector<std::string> texts{""};  ///< families and kinds
  std::vector<EndpointDay> servers{};  ///< by endpoint

  [[nodiscard]] std::uint16_t text(const std::string& text);
  [[nodiscard]] const std::string& family_of(const EndpointDay& server) const {
    return texts[server.family];
  }
};

}  // namespace noroshi
