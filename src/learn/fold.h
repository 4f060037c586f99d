#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "learn/training.h"

namespace noroshi {

/// What a test set may not have in common with what was learnt from. In all of them the seed of the
/// simulation is another one too, and calibration has a third.
enum class HoldOut : std::uint8_t {
  kTime,            ///< every day tested is later than any day learnt from or calibrated on
  kLeaveFamilyOut,  ///< the family tested appears in no row learnt from or calibrated on
  kLeaveNetworkOut  ///< the network tested likewise
};
inline constexpr std::size_t kHoldOuts = 3;
[[nodiscard]] std::string_view to_string(HoldOut protocol);

/// One training with its test. Rows refer to the set.
struct Fold {
  std::uint64_t seed = 0;
  std::string left_out;  ///< the family or the network; for kTime the first day tested
  std::vector<Row> training{};
  std::vector<Row> calibration{};
  std::vector<Row> test{};
};

/// Makes the folds one after another: for each seed, and within it for each family or network.
/// kInvalidArgument below three seeds, or where there is nothing to leave out.
[[nodiscard]] Status for_each_fold(const ExampleSet& examples, HoldOut protocol,
                                   const std::function<Status(Fold&& fold, double share)>& visit);

}  // namespace noroshi
