#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "judge/classifier/booster.h"
#include "judge/classifier/calibration.h"

namespace noroshi {

/// A learning judge, ready to be asked: trees, and what their margins mean. Not thread-safe.
class ServerModel {
 public:
  struct Description {
    std::string name;  ///< for people: "noroshi-1 3f2a9c01"
    Calibration calibration;
    /// Share of C&C servers among those it was calibrated on: what its probabilities assume.
    double prevalence = 0.001;
  };
  ServerModel(Booster booster, Description description)
      : booster_(std::move(booster)), description_(std::move(description)) {}

  /// What the two files of a model folder hold (docs/reference/model.md). kMalformed, or
  /// kUnsupported for other features than this program's.
  [[nodiscard]] static Result<ServerModel> parse(std::string_view description,
                                                 std::string_view booster);

  /// ln P(features | C&C) / P(features | not), as calibrated: above 0 speaks for C&C. A service
  /// that is suppressed by its port or address (ServiceWeight::kHard) loses kHardService of it,
  /// whatever was learnt.
  [[nodiscard]] Result<std::vector<double>> log_ratios(std::span<const ServerFeatures> rows) const;
  [[nodiscard]] const Booster& booster() const { return booster_; }
  [[nodiscard]] const Description& description() const { return description_; }
  static constexpr double kHardService = 8;

 private:
  Booster booster_;
  Description description_;
};

/// The calibrated log-likelihood ratio of one margin; see ServerModel::log_ratios().
[[nodiscard]] double log_ratio_of(double margin, const ServerFeatures& features,
                                  const ServerModel::Description& description);

}  // namespace noroshi
