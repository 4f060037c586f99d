#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bilingual.h"
#include "base/time.h"
#include "guard/filing/check.h"
#include "guard/filing/filing.h"

namespace noroshi {

/// Whether live flows are collected, under which filing, and if not, why.
struct CollectionState {
  bool collecting = false;
  std::vector<FilingFault> missing;  ///< why the filing does not allow it; empty where it does
  std::string failed;                ///< it is allowed, and the addresses could not be had
  std::optional<Filing::Mode> mode;  ///< of the filing in force; none without one
  bool demo = false;                 ///< that is Noroshi's own, for simulated traffic
  std::uint64_t begun = 0;           ///< times that collection began
  std::uint64_t stopped = 0;         ///< times that the filing ended it
};

/// What the mode means for whoever looks at what runs.
[[nodiscard]] Bilingual words_of(Filing::Mode mode);

/// For people: a line of what is or is not, then one for each thing that is missing.
[[nodiscard]] std::string to_lines(const CollectionState& state, Language language);

}  // namespace noroshi
