#pragma once

#include <filesystem>

#include "base/result.h"
#include "judge/classifier/server_model.h"

namespace noroshi {

/// Reads a model folder (docs/reference/model.md): model.json and booster.json, the second checked
/// against the hash that the first gives. kMalformed where they do not belong together.
[[nodiscard]] Result<ServerModel> read_model_folder(const std::filesystem::path& folder);

}  // namespace noroshi
