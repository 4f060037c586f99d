#include "learn/training.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <utility>

#include "learn/example_file.h"
#include "learn/isotonic.h"

namespace noroshi {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

ServerFeatures features_of(const EndpointDay& server, const std::vector<ServerFeature>& dropped) {
  auto features = server.features;
  for (const auto feature : dropped) features[static_cast<std::size_t>(feature)] = kNone;
  return features;
}

bool is_kept(const Row& row, std::uint32_t thinning) {
  if (row.server->role != ServerRole::kOrdinary) return true;
  const auto& address = row.server->server.address;
  return mix(mix(address.high(), address.low()), row.day->begin + row.day->sampling) % thinning ==
         0;
}

/// C&C servers weigh together a share of what the others do, and each family as much as another.
void weigh(std::vector<Booster::Example>& examples, const std::vector<std::string>& families,
           double share) {
  double negatives = 0;
  std::map<std::string, double> sizes;
  for (std::size_t index = 0; index < examples.size(); ++index) {
    if (examples[index].positive)
      ++sizes[families[index]];
    else
      negatives += static_cast<double>(examples[index].weight);
  }
  for (std::size_t index = 0; index < examples.size(); ++index)
    if (examples[index].positive)
      examples[index].weight = static_cast<float>(
          share * negatives / (static_cast<double>(sizes.size()) * sizes.at(families[index])));
}

/// Fisher and Yates by a generator whose numbers are the same everywhere.
void shuffle_labels(std::vector<Booster::Example>& examples, std::uint32_t seed) {
  std::mt19937_64 random(seed);
  for (auto left = examples.size(); left > 1; --left) {
    const auto other = static_cast<std::size_t>(random() % left);
    std::swap(examples[left - 1].positive, examples[other].positive);
    std::swap(examples[left - 1].weight, examples[other].weight);
  }
}

}  // namespace

Result<ExampleSet> ExampleSet::read(const std::vector<std::string>& files) {
  ExampleSet set;
  for (const auto& file : files)
    TRY(read_example_file(file, [&](DayOfNetwork&& day) -> Status {
      set.days.push_back(std::move(day));
      return {};
    }));
  return set;
}

std::vector<Row> rows_of(const ExampleSet& examples) {
  std::vector<Row> rows;
  for (const auto& day : examples.days)
    for (const auto& server : day.servers)
      if (server.positive() || server.negative()) rows.push_back({&day, &server});
  return rows;
}

const std::vector<FeatureGroup>& feature_groups() {
  using enum ServerFeature;
  static const std::vector<FeatureGroup> groups{
      {"temporal", {kTiming, kCommonLine, kWeighed}},
      {"social",
       {kClients, kPrevalence, kAttackersLow, kAttackersLift, kSightedLift, kCommonLine,
        kSimultaneous, kPeerClients, kSocialEvidence, kWeighed}},
      {"behaviour",
       {kAnswered, kUnansweredSpan, kRetried, kConnectionsPerClient, kPacketsPerConnection,
        kBytesPerPacketUp, kBytesPerPacketDown, kUpShare, kSizeLikeness, kLongest, kQuietRate,
        kHoursActive, kMinutesActive, kBehaviourEvidence, kWeighed}},
      {"infrastructure", {kPortWellKnown, kPortFavoured, kServiceWeight, kOverTcp, kWeighed}},
      {"weighed evidence", {kSocialEvidence, kBehaviourEvidence, kWeighed}},
  };
  return groups;
}

Result<Learnt> learnt_from(std::span<const Row> training, std::span<const Row> calibration,
                           const TrainingOrder& order, const std::string& name) {
  std::vector<Booster::Example> examples;
  std::vector<std::string> families;
  for (const auto& row : training) {
    if (!row.server->seen || !is_kept(row, order.thinning)) continue;
    const bool ordinary = row.server->role == ServerRole::kOrdinary;
    examples.push_back({.features = features_of(*row.server, order.dropped),
                        .positive = row.server->positive(),
                        .weight = ordinary ? static_cast<float>(order.thinning) : 1.0F});
    families.push_back(row.day->family_of(*row.server));
  }
  weigh(examples, families, order.positive_share);
  if (order.shuffled) shuffle_labels(examples, order.parameters.seed);
  auto booster = TRY(Booster::trained(examples, order.parameters));

  std::vector<ServerFeatures> features;
  std::vector<Scored> scored;
  for (const auto& row : calibration) {
    if (!row.server->seen) continue;
    features.push_back(features_of(*row.server, order.dropped));
    scored.push_back({0, row.server->positive()});
  }
  const auto positives =
      static_cast<std::uint64_t>(std::ranges::count_if(scored, &Scored::positive));
  if (positives == 0 || positives == scored.size())
    return failure(
        ErrorCode::kInvalidArgument,
        "to calibrate, there must be C&C servers and others among the held-out examples");
  const auto margins = TRY(booster.margins(features));
  for (std::size_t index = 0; index < scored.size(); ++index) scored[index].score = margins[index];
  ServerModel::Description description{
      .name = name,
      .calibration = fitted_isotonic(scored),
      .prevalence = static_cast<double>(positives) / static_cast<double>(scored.size())};
  const auto learnt_positives =
      static_cast<std::uint64_t>(std::ranges::count_if(examples, &Booster::Example::positive));
  return Learnt{.model = ServerModel(std::move(booster), std::move(description)),
                .examples = examples.size(),
                .positives = learnt_positives,
                .calibrated_on = scored.size(),
                .calibration_positives = positives};
}

Result<std::vector<double>> log_ratios_of(const ServerModel& model, std::span<const Row> rows,
                                          const std::vector<ServerFeature>& dropped) {
  std::vector<ServerFeatures> features;
  for (const auto& row : rows) features.push_back(features_of(*row.server, dropped));
  auto ratios = TRY(model.log_ratios(features));
  // Equal blocks of the calibration are ties; the margin breaks them without moving any past
  // another block.
  const auto margins = TRY(model.booster().margins(features));
  for (std::size_t index = 0; index < rows.size(); ++index)
    ratios[index] = rows[index].server->seen ? ratios[index] + 1e-6 * margins[index] : kUnseen;
  return ratios;
}

}  // namespace noroshi
