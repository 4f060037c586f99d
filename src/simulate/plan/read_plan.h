#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "simulate/plan/plan.h"

namespace noroshi::simulate {

/// Reads a scenario file (docs/reference/simulate.md). An unknown key, an unknown habit or kind and
/// a value out of its bounds are one error with file and line: "week.toml:14: botnet.kind: …".
[[nodiscard]] Result<Plan> read_plan(const std::string& path);
/// The same from text; `name` begins errors, and its folder is where relative paths begin.
[[nodiscard]] Result<Plan> parse_plan(std::string_view text, const std::string& name);

}  // namespace noroshi::simulate
