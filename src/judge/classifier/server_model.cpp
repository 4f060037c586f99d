#include "judge/classifier/server_model.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "model/service.h"

namespace noroshi {
namespace {

using Json = nlohmann::json;

double logit(double probability) { return std::log(probability / (1 - probability)); }

Status check_features(const Json& document) {
  const auto& texts = server_feature_texts();
  const auto& names = document.value("features", Json::array());
  bool same = names.size() == texts.size();
  for (std::size_t index = 0; same && index < texts.size(); ++index)
    same = names[index].is_string() && names[index].get<std::string>() == texts[index].name;
  if (same) return {};
  return failure(ErrorCode::kUnsupported,
                 "model.json: a model of other features than this program's: train it anew with "
                 "`noroshi model train`");
}

}  // namespace

double log_ratio_of(double margin, const ServerFeatures& features,
                    const ServerModel::Description& description) {
  const double ratio =
      logit(description.calibration.probability(margin)) - logit(description.prevalence);
  const float weight = features[static_cast<std::size_t>(ServerFeature::kServiceWeight)];
  return weight >= static_cast<float>(ServiceWeight::kHard) ? ratio - ServerModel::kHardService
                                                            : ratio;
}

Result<std::vector<double>> ServerModel::log_ratios(std::span<const ServerFeatures> rows) const {
  auto values = TRY(booster_.margins(rows));
  for (std::size_t row = 0; row < rows.size(); ++row)
    values[row] = log_ratio_of(values[row], rows[row], description_);
  return values;
}

Result<ServerModel> ServerModel::parse(std::string_view description, std::string_view booster) {
  const auto document = Json::parse(description, nullptr, false);
  const auto bad = [](const char* what) {
    return failure(ErrorCode::kMalformed, std::string("model.json: ") + what);
  };
  if (!document.is_object() || document.value("noroshi_model", Json()) != 1)
    return bad("not the description of a model of this program");
  TRY(check_features(document));
  Description read;
  if (!document.contains("name") || !document["name"].is_string()) return bad("no name");
  read.name = document["name"].get<std::string>();
  const auto& prevalence = document.value("prevalence", Json());
  if (!prevalence.is_number() || !(prevalence.get<double>() > 0 && prevalence.get<double>() < 1))
    return bad("prevalence is not between 0 and 1");
  read.prevalence = prevalence.get<double>();
  std::vector<Calibration::Block> blocks;
  for (const auto& block : document.value("calibration", Json::array())) {
    if (!block.is_array() || block.size() != 2 || !block[0].is_number() || !block[1].is_number())
      return bad("a block of the calibration is not a score and a probability");
    blocks.push_back({block[0].get<double>(), block[1].get<double>()});
    const auto& last = blocks.back();
    if (!(last.probability > 0 && last.probability < 1)) return bad("a block says 0 or 1");
    if (blocks.size() > 1 && (last.score < blocks[blocks.size() - 2].score ||
                              last.probability < blocks[blocks.size() - 2].probability))
      return bad("the calibration does not rise");
  }
  if (blocks.empty()) return bad("no calibration");
  read.calibration = Calibration(std::move(blocks));
  return ServerModel(TRY(Booster::parse(booster)), std::move(read));
}

}  // namespace noroshi
