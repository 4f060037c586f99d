#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "learn/fold.h"

namespace noroshi {

/// Found of how many.
struct Fraction {
  std::uint64_t found = 0;
  std::uint64_t all = 0;
  void add(const Fraction& other) {
    found += other.found;
    all += other.all;
  }
  [[nodiscard]] double share() const {
    return all == 0 ? 0 : static_cast<double>(found) / static_cast<double>(all);
  }
};

inline constexpr std::array<double, 3> kFalsePositiveRates{1e-3, 1e-4, 1e-5};
inline constexpr std::array<std::size_t, 3> kListLengths{5, 10, 20};
/// Infected lines behind a server: 1, 2 to 4, 5 to 9, ten and more.
inline constexpr std::array<std::uint32_t, 4> kBotSizes{1, 2, 5, 10};
inline constexpr std::uint32_t kSeveralBots = 5;

/// How a ranking does on one fold at one sampling. C&C servers that the view does not show are
/// among all of them, and are missed.
struct Ranking {
  double average_precision = 0;  ///< sums over `folds`
  double roc_area = 0;
  std::uint64_t folds = 0;
  std::array<Fraction, kFalsePositiveRates.size()> recall{};
  std::array<Fraction, kFalsePositiveRates.size()>
      recall_of_several{};                                             ///< of kSeveralBots or more
  std::array<Fraction, kFalsePositiveRates.size()> false_positives{};  ///< of the innocent
  void add(const Ranking& other);
};

/// The judge's tiers with the model.
struct Tiers {
  Fraction a{};       ///< found: C&C; all: in tier A
  Fraction ab{};      ///< found: C&C; all: in A or B
  Fraction recall{};  ///< found: C&C in A or B; all: C&C
  void add(const Tiers& other);
};

/// One seed at one sampling: the sum over the folds of the seed.
struct Cell {
  std::uint64_t seed = 0;
  std::uint32_t sampling = 0;
  std::uint64_t unseen = 0;  ///< C&C servers that the view does not show
  Ranking model;
  std::array<Ranking, kBaselines> baselines;
  std::array<Fraction, kBotSizes.size()> by_bots{};  ///< recall at FPR 1e-3
  std::map<std::string, Fraction> by_family;         ///< the same
  std::map<std::string, std::uint64_t>
      wrong_kinds;                       ///< innocent ones above that threshold, by habit
  Tiers tiers{};                         ///< at the judge's own prior (kPriorProbability)
  Tiers tiers_as_tested{};               ///< at the share of C&C servers among those calibrated on
  double calibration_error = 0;          ///< weighted by the number of rows; divide by `calibrated`
  double suspect_calibration_error = 0;  ///< the same over rows said to be above 1 %
  std::uint64_t calibrated = 0;
  std::uint64_t suspects = 0;
  std::array<Fraction, kListLengths.size()> list{};         ///< found: C&C; all: listed
  std::array<Fraction, kListLengths.size()> list_recall{};  ///< found: C&C listed; all: C&C
  /// Precision at equal steps of recall, summed over folds; kCurve + 1 points from 0 to 1.
  static constexpr std::size_t kCurve = 50;
  std::array<double, kCurve + 1> curve{};
  void add(const Cell& other);
};

/// A protocol run through, with what stood beside it.
struct Evaluation {
  std::string protocol{};
  std::vector<std::string> left_out{};  ///< families or networks, or the day
  std::vector<std::uint64_t> seeds{};
  std::map<std::pair<std::uint32_t, std::uint64_t>, Cell> cells{};  ///< by sampling, seed
  std::uint64_t trainings = 0;
  /// Ablations: by what was dropped, then sampling. "nothing" is the whole model, "shuffled" has
  /// labels dealt out anew.
  std::map<std::string, std::map<std::uint32_t, Ranking>> ablations{};
  /// Each feature alone as a score, in the better direction: the area under ROC over all rows that
  /// are seen, by sampling. One near 1 would be a leak.
  std::map<std::string, std::map<std::uint32_t, double>> alone{};
};

struct EvaluationOrder {
  HoldOut protocol = HoldOut::kTime;
  TrainingOrder training{};
  bool ablations = false;
  std::function<void(double share)> on_progress{};  ///< may be empty
};

[[nodiscard]] Result<Evaluation> evaluate(const ExampleSet& examples, const EvaluationOrder& order);
/// A model that is there, on examples that it has not seen: its only protocol is that they are
/// others.
[[nodiscard]] Result<Evaluation> evaluate_given(const ServerModel& model,
                                                const ExampleSet& examples);

/// The sum of an evaluation's cells at one sampling.
[[nodiscard]] std::map<std::uint32_t, Cell> by_sampling(const Evaluation& evaluation);

}  // namespace noroshi
