#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "learn/training.h"

namespace noroshi {

/// Where a model's examples come from, for its card.
struct DataSource {
  std::string network;
  std::uint64_t seed = 0;
  std::string source;  ///< "simulated" or "recorded"
  std::string digest;  ///< SHA-256 of the scenario or of the truth
};
[[nodiscard]] std::vector<DataSource> sources_of(const ExampleSet& examples);

/// The files of a model folder (docs/reference/model.md "Model folder"). The same model and
/// sources give the same octets: there is no date and no machine in them.
struct ModelFiles {
  std::string booster;      ///< booster.json
  std::string description;  ///< model.json
  std::string card_json;    ///< card.json
  std::string card;         ///< card.md, Japanese and English
};
struct ModelOrigin {
  std::vector<DataSource> sources;
  std::vector<std::string> licences;  ///< of recordings, as the user names them
  std::string command;                ///< that makes it again
  TrainingOrder order{};
};
[[nodiscard]] Result<ModelFiles> model_files(const Learnt& learnt, const ModelOrigin& origin);

/// Learns from all examples: the last seed is held out to calibrate on. kInvalidArgument below two
/// seeds.
[[nodiscard]] Result<Learnt> learnt_from_all(const ExampleSet& examples,
                                             const TrainingOrder& order);

}  // namespace noroshi
