#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "desk/collection_state.h"
#include "guard/filing/check.h"
#include "guard/filing/keeper.h"
#include "net/ip_address.h"

namespace noroshi {

// The JSON of docs/reference/filing.md.

[[nodiscard]] nlohmann::json json_of(const std::vector<FilingFault>& faults);
[[nodiscard]] nlohmann::json json_of(const CollectionState& state);
/// The state, and under "filing" the filing in force with its text; null without one.
[[nodiscard]] std::string filing_to_json(const CollectionState& state,
                                         const std::optional<FilingKeeper::InForce>& filing);

/// {"listening":["192.0.2.1"]}, of at most 1,000.
[[nodiscard]] Result<std::vector<IpAddress>> listening_from_json(std::string_view text);

}  // namespace noroshi
