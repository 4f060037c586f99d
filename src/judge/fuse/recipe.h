#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "judge/fuse/fusion.h"
#include "model/evidence.h"
#include "model/verdict.h"

namespace noroshi {

/// What this program's detectors can say of a server, and in which group it counts.
struct EvidenceCode {
  std::string_view code;
  EvidenceGroup group;
};
/// Every code of evidence, in the order in which recipes list them.
[[nodiscard]] std::span<const EvidenceCode> evidence_codes();

/// A threshold of a detector, as it is built in: a recipe states it, and cannot change it.
struct DetectorThreshold {
  std::string_view name;
  double value;
};
[[nodiscard]] std::span<const DetectorThreshold> detector_thresholds();

/// How evidence becomes a verdict: what one carrier hands to another, who runs it on contacts of
/// its own. A plain value; the default one is what judge() does.
struct Recipe {
  /// What a code's evidence counts for.
  struct Weight {
    std::string code;
    double scale = 1;  ///< 0: it is not looked at
    /// The most that it may add or take away, in log-odds, after scaling.
    double most = std::numeric_limits<double>::infinity();
    friend bool operator==(const Weight&, const Weight&) = default;
  };
  FusionRule rule;
  std::vector<Weight> weights;  ///< what is not among them counts for nothing

  /// Of this program.
  [[nodiscard]] static Recipe built_in();
  friend bool operator==(const Recipe&, const Recipe&) = default;
};

/// Judges a verdict of judge() anew, from the same evidence, by another recipe: weighs what stands
/// there, fuses it, sorts it. Which client's dealings stand for a server was decided by the
/// built-in recipe, and remains. A verdict's own recipe changes nothing.
void judge_by(const Recipe& recipe, Verdict& verdict);

}  // namespace noroshi
