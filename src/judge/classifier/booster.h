#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "judge/classifier/server_features.h"

namespace noroshi {

/// Boosted trees over ServerFeatures: XGBoost (Chen and Guestrin, KDD 2016) behind its C interface.
///
/// A margin is the sum of the trees, a log-odds that is not calibrated. One thread and a seed: the
/// same examples give the same model, octet by octet. Not thread-safe.
class Booster {
 public:
  struct Parameters {
    int rounds = 200;
    int depth = 4;
    double learning_rate = 0.08;
    double least_child_weight = 4;
    double regularisation = 2;  ///< L2 of the leaves
    double row_share = 0.8;     ///< of the rows in each round
    double column_share = 0.7;  ///< of the features in each tree
    std::uint32_t seed = 1;
  };
  struct Example {
    ServerFeatures features{};
    bool positive = false;
    float weight = 1;
  };

  /// Learns under the monotone constraints of server_feature_texts(). kInvalidArgument where there
  /// is not an example of each kind.
  [[nodiscard]] static Result<Booster> trained(std::span<const Example> examples,
                                               const Parameters& parameters);
  /// What json() wrote. kMalformed for anything else, and for a model of other features.
  [[nodiscard]] static Result<Booster> parse(std::string_view json);
  Booster(Booster&&) noexcept;
  Booster& operator=(Booster&&) noexcept;
  ~Booster();

  [[nodiscard]] Result<std::vector<double>> margins(std::span<const ServerFeatures> rows) const;
  /// How much each feature adds to the margin (TreeSHAP: Lundberg et al. 2020), and behind them
  /// what all models begin with; together they are the margin.
  using Contributions = std::array<float, kServerFeatureCount + 1>;
  [[nodiscard]] Result<std::vector<Contributions>> contributions(
      std::span<const ServerFeatures> rows) const;
  [[nodiscard]] Result<std::string> json() const;

 private:
  class Handle;
  explicit Booster(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace noroshi
