#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "command.h"
#include "datagram_sender.h"

namespace noroshi {

/// `noroshi simulate SCENARIO.toml`.
struct ScenarioRun {
  std::string scenario;
  std::optional<std::uint64_t> seed;  ///< instead of the scenario's
  std::string output;                 ///< folder; empty: the scenario's name
  std::string truth;                  ///< empty: truth.jsonl in the folder
  std::string recordings;             ///< folder where recordings are looked for besides
  std::string send;
  DatagramSender::Config sender = {};
  unsigned threads = 2;
  bool check = false;  ///< only reads it
  bool force = false;
  bool json = false;
};

[[nodiscard]] Result<Exit> run_scenario(const ScenarioRun& run);

}  // namespace noroshi
