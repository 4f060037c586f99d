#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "encode/encoder.h"
#include "simulate/scenario.h"
#include "simulate/truth.h"

namespace noroshi {

/// What a run of `noroshi simulate` made.
struct SimulationSummary {
  struct Router {
    simulate::ExportProtocol protocol = simulate::ExportProtocol::kNetflow9;
    EncodeStatistics encoded = {};
    std::uint64_t octets = 0;   ///< of UDP payload
    std::uint64_t packets = 0;  ///< as exported
    std::uint64_t bytes = 0;
  };
  std::vector<Router> routers;
  std::string output;  ///< empty when no capture was written
  std::string truth;
  std::string sent_to;
  std::uint64_t sent = 0;
  std::chrono::milliseconds took{0};
};

/// The truth file (docs/reference/truth.md).
[[nodiscard]] std::string truth_json(const simulate::Scenario& scenario,
                                     const simulate::Truth& truth);
/// What --json prints.
[[nodiscard]] std::string summary_json(const simulate::Scenario& scenario,
                                       const SimulationSummary& summary,
                                       const simulate::Truth& truth);
/// The same for people, several lines.
[[nodiscard]] std::string summary_text(const simulate::Scenario& scenario,
                                       const SimulationSummary& summary,
                                       const simulate::Truth& truth);

}  // namespace noroshi
