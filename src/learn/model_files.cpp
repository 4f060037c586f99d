#include "learn/model_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "guard/digest.h"
#include "judge/classifier/feature_words.h"
#include "judge/fuse/fusion.h"

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;

Json parameters_of(const TrainingOrder& order) {
  const auto& used = order.parameters;
  return {{"rounds", used.rounds},
          {"depth", used.depth},
          {"learning_rate", used.learning_rate},
          {"least_child_weight", used.least_child_weight},
          {"regularisation", used.regularisation},
          {"row_share", used.row_share},
          {"column_share", used.column_share},
          {"seed", used.seed},
          {"thinning", order.thinning},
          {"positive_share", order.positive_share}};
}

Json description_of(const Learnt& learnt, const ModelOrigin& origin, const std::string& digest) {
  const auto& model = learnt.model.description();
  auto features = Json::array(), blocks = Json::array();
  for (const auto& feature : server_feature_texts()) features.push_back(feature.name);
  for (const auto& block : model.calibration.blocks())
    blocks.push_back(Json::array({block.score, block.probability}));
  return {{"noroshi_model", 1},
          {"name", fmt::format("noroshi {}", digest.substr(0, 8))},
          {"booster_sha256", digest},
          {"features", features},
          {"prevalence", model.prevalence},
          {"tiers", {{"a", kTierA}, {"b", kTierB}, {"prior", kPriorProbability}}},
          {"parameters", parameters_of(origin.order)},
          {"calibration", blocks}};
}

Json card_of(const Learnt& learnt, const ModelOrigin& origin, const Json& description) {
  auto sources = Json::array(), features = Json::array();
  for (const auto& source : origin.sources)
    sources.push_back({{"network", source.network},
                       {"seed", source.seed},
                       {"source", source.source},
                       {"sha256", source.digest}});
  for (const auto& text : server_feature_texts()) {
    const auto words = words_of(text.feature);
    features.push_back({{"name", text.name},
                        {"ja", words.ja},
                        {"en", words.en},
                        {"monotone", text.monotone},
                        {"reason", text.reason},
                        {"leak_avoided", text.leak}});
  }
  return {{"name", description["name"]},
          {"booster_sha256", description["booster_sha256"]},
          {"command", origin.command},
          {"examples", learnt.examples},
          {"positives", learnt.positives},
          {"calibrated_on", learnt.calibrated_on},
          {"calibration_positives", learnt.calibration_positives},
          {"prevalence", description["prevalence"]},
          {"parameters", description["parameters"]},
          {"tiers", description["tiers"]},
          {"data", sources},
          {"licences", origin.licences},
          {"features", features}};
}

std::string markdown_of(const Json& card) {
  std::string text =
      fmt::format("# モデルカード / Model card: {}\n\n", card["name"].get<std::string>());
  text +=
      "## 用途 / Intended use\n\n"
      "一日分の接触記録から、サーバがボットネットの指令サーバ（C&"
      "C）である見込みを求め、判定の確率とする。"
      "通信の内容・アドレス・AS番号・ポート番号・時刻は特徴量にない。単独で遮断の根拠としてはならな"
      "い。\n\n"
      "From a day of contacts, how likely a server is to command a botnet; the judge takes it for "
      "the "
      "probability of its verdict. No content, address, AS number, port number or time of day is a "
      "feature. It is no ground for blocking by itself.\n\n";
  text += fmt::format(
      "## 学習 / Training\n\n"
      "| | |\n|---|---|\n| 学習例 / examples | {} |\n| うちC&C / of them C&C | {} |\n| 較正例 / "
      "calibrated on | {} |\n| うちC&C / of them C&C | {} |\n| 較正時のC&Cの割合 / prevalence "
      "assumed "
      "| {:.5f} |\n| 木のハッシュ / SHA-256 of the trees | `{}` |\n\n    {}\n\n",
      card["examples"].get<std::uint64_t>(), card["positives"].get<std::uint64_t>(),
      card["calibrated_on"].get<std::uint64_t>(),
      card["calibration_positives"].get<std::uint64_t>(), card["prevalence"].get<double>(),
      card["booster_sha256"].get<std::string>(), card["command"].get<std::string>());
  text += "## 設定 / Parameters\n\n| | |\n|---|---|\n";
  for (const auto& [name, value] : card["parameters"].items())
    text += fmt::format("| {} | {} |\n", name, value.dump());
  text +=
      "\n## データ / Data\n\n| 網 / network | seed | 種別 / kind | SHA-256 |\n|---|---|---|---|\n";
  for (const auto& source : card["data"])
    text += fmt::format("| {} | {} | {} | `{}` |\n", source["network"].get<std::string>(),
                        source["seed"].get<std::uint64_t>(), source["source"].get<std::string>(),
                        source["sha256"].get<std::string>());
  text +=
      "\nシミュレーションは本製品のシナリオによる（ライセンスは本製品と同じ）。 / What is "
      "simulated comes "
      "from this product's scenarios, under its licence.\n";
  for (const auto& licence : card["licences"])
    text += fmt::format("- {}\n", licence.get<std::string>());
  text +=
      "\n## 特徴量 / Features\n\n| 名 / name | | | 向き / monotone | reason | leak avoided |\n"
      "|---|---|---|---|---|---|\n";
  for (const auto& feature : card["features"])
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", feature["name"].get<std::string>(),
                        feature["ja"].get<std::string>(), feature["en"].get<std::string>(),
                        feature["monotone"].get<int>(), feature["reason"].get<std::string>(),
                        feature["leak_avoided"].get<std::string>());
  text +=
      "\n## 限界 / Limits\n\n"
      "背景はシミュレーションであり、実網の偽陽性率を示すものではない。サンプリングが粗いと、見えな"
      "いC&Cは"
      "判定できない。評価値は docs/explanation/judge-evaluation.md を参照。\n\n"
      "The background is simulated: it does not tell the false positive rate of a real network. "
      "What "
      "sampling does not show cannot be judged. Figures: docs/explanation/judge-evaluation.md.\n";
  return text;
}

}  // namespace

std::vector<DataSource> sources_of(const ExampleSet& examples) {
  std::set<std::tuple<std::string, std::uint64_t, std::string, std::string>> seen;
  for (const auto& day : examples.days) seen.emplace(day.network, day.seed, day.source, day.digest);
  std::vector<DataSource> sources;
  for (const auto& [network, seed, source, digest] : seen)
    sources.push_back({network, seed, source, digest});
  return sources;
}

Result<ModelFiles> model_files(const Learnt& learnt, const ModelOrigin& origin) {
  ModelFiles files;
  files.booster = TRY(learnt.model.booster().json());
  const auto description = description_of(learnt, origin, sha256(files.booster).to_hex());
  const auto card = card_of(learnt, origin, description);
  files.description = description.dump(1) + "\n";
  files.card_json = card.dump(1) + "\n";
  files.card = markdown_of(card);
  return files;
}

Result<Learnt> learnt_from_all(const ExampleSet& examples, const TrainingOrder& order) {
  std::uint64_t last = 0;
  for (const auto& day : examples.days) last = std::max(last, day.seed);
  std::vector<Row> training, calibration;
  for (const auto& row : rows_of(examples))
    (row.day->seed == last ? calibration : training).push_back(row);
  if (training.empty())
    return failure(ErrorCode::kInvalidArgument,
                   "at least two seeds are needed: to learn from, and to calibrate on");
  return learnt_from(training, calibration, order, "");
}

}  // namespace noroshi
