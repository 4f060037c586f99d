#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "judge/classifier/server_model.h"
#include "learn/endpoint_day.h"

namespace noroshi {

/// Days read into memory. Rows of it are referred to by Row, which it outlives.
struct ExampleSet {
  std::vector<DayOfNetwork> days;
  [[nodiscard]] static Result<ExampleSet> read(const std::vector<std::string>& files);
};

/// One example, with the day it is of.
struct Row {
  const DayOfNetwork* day = nullptr;
  const EndpointDay* server = nullptr;
};
/// Those of a set that are learnt from or measured on: C&C servers and innocent ones.
[[nodiscard]] std::vector<Row> rows_of(const ExampleSet& examples);

/// Features that a group of evidence stands for, as ablations drop them.
struct FeatureGroup {
  std::string_view name;
  std::vector<ServerFeature> features;
};
[[nodiscard]] const std::vector<FeatureGroup>& feature_groups();

struct TrainingOrder {
  Booster::Parameters parameters{.rounds = 160, .depth = 3};
  /// Of ordinary servers one in so many is learnt from, and weighs as much as so many; the hard
  /// ones and C&C servers all. Which, their addresses' hashes say.
  std::uint32_t thinning = 4;
  /// Weight of all C&C servers against that of all others.
  double positive_share = 0.2;
  std::vector<ServerFeature> dropped{};  ///< not to be seen: missing everywhere
  bool shuffled = false;                 ///< labels dealt out anew: what comes of it is chance
};

/// What was learnt, and from how much.
struct Learnt {
  ServerModel model;
  std::uint64_t examples = 0;
  std::uint64_t positives = 0;
  std::uint64_t calibrated_on = 0;
  std::uint64_t calibration_positives = 0;
};

/// Learns from one set of rows and calibrates on another. Each family weighs the same, however many
/// servers it has. The same rows in the same order give the same model, octet by octet.
/// kInvalidArgument where either set lacks C&C servers or innocent ones.
[[nodiscard]] Result<Learnt> learnt_from(std::span<const Row> training,
                                         std::span<const Row> calibration,
                                         const TrainingOrder& order, const std::string& name);

/// Calibrated log-likelihood ratios of rows, those of unseen ones far below all others; features
/// that were dropped in training are dropped here.
[[nodiscard]] Result<std::vector<double>> log_ratios_of(
    const ServerModel& model, std::span<const Row> rows,
    const std::vector<ServerFeature>& dropped = {});
inline constexpr double kUnseen = -1e6;

}  // namespace noroshi
