#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bilingual.h"
#include "base/result.h"
#include "judge/fuse/recipe.h"

namespace noroshi {

/// A recipe as a TOML file (docs/reference/c2.md "Recipes"): its version, the question that finds
/// the candidates, the evidence and what each counts for, the fusion, and the detectors' thresholds
/// for whoever reads it.
struct RecipeFile {
  static constexpr int kVersion = 1;

  Recipe recipe;
  /// SHA-256 of recipe_text() of it, in hex: two files that say the same have one id.
  std::string id;
  /// What this program cannot do as the file says: evidence it does not know, detectors and
  /// questions of its own. Empty for its own recipe.
  std::vector<Bilingual> notes{};
};

/// The recipe of this program.
[[nodiscard]] RecipeFile own_recipe();
/// As a file of this version, with comments.
[[nodiscard]] std::string recipe_text(const Recipe& recipe);
/// Reads any carrier's. kInvalidArgument, with the line, for unknown keys and numbers that cannot
/// be; kUnsupported for a version that is not ours.
[[nodiscard]] Result<RecipeFile> parse_recipe(std::string_view text, const std::string& name);

}  // namespace noroshi
