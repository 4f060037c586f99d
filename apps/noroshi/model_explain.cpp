#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "judge/classifier/feature_words.h"
#include "language.h"
#include "learn/text_file.h"
#include "learn/training.h"
#include "model.h"
#include "output.h"
#include "pipeline/model_folder.h"

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string server;
  std::string model;
  std::vector<std::string> examples;
  std::string language;
  bool json = false;
};

struct Explained {
  Row row;
  double log_ratio = 0;
  double begin = 0;  ///< what all margins begin with
  std::vector<Reason> reasons;
};

Result<std::vector<Explained>> explained(const ServerModel& model, const ExampleSet& examples,
                                         const std::string& server) {
  std::vector<Explained> all;
  std::vector<ServerFeatures> features;
  for (const auto& day : examples.days)
    for (const auto& one : day.servers) {
      const auto name = one.server.to_string();
      if (!one.seen || (name != server && name.substr(0, name.rfind('/')) != server)) continue;
      all.push_back({.row = {&day, &one}, .reasons = {}});
      features.push_back(one.features);
    }
  const auto ratios = TRY(model.log_ratios(features));
  const auto contributions = TRY(model.booster().contributions(features));
  for (std::size_t index = 0; index < all.size(); ++index) {
    all[index].log_ratio = ratios[index];
    all[index].begin = static_cast<double>(contributions[index].back());
    all[index].reasons = reasons_of(features[index], contributions[index], kServerFeatureCount);
  }
  return all;
}

Json as_json(const Explained& one) {
  auto reasons = Json::array();
  for (const auto& reason : one.reasons) {
    const auto words = words_of(reason.feature);
    const auto value = value_in_words(reason.feature, reason.value);
    reasons.push_back(
        {{"feature", server_feature_texts()[static_cast<std::size_t>(reason.feature)].name},
         {"contribution", reason.contribution},
         {"value", std::isnan(reason.value) ? Json() : Json(reason.value)},
         {"ja", words.ja + " " + value.ja},
         {"en", words.en + " " + value.en}});
  }
  return {{"server", one.row.server->server.to_string()},
          {"network", one.row.day->network},
          {"begin", to_rfc3339(from_unix_milliseconds(one.row.day->begin))},
          {"sampling", one.row.day->sampling},
          {"truth", to_string(one.row.server->role)},
          {"log_ratio", one.log_ratio},
          {"begins_with", one.begin},
          {"reasons", reasons}};
}

std::string as_text(const Explained& one, Language language) {
  const bool ja = language == Language::kJapanese;
  const auto odds = std::exp(one.log_ratio);
  auto text = fmt::format(
      "{}  {}  1:{}  {}\n  {}\n", one.row.server->server.to_string(), one.row.day->network,
      one.row.day->sampling, to_rfc3339(from_unix_milliseconds(one.row.day->begin)).substr(0, 10),
      ja ? fmt::format("C&Cである見込みは、同種のサーバの{:.3g}倍", odds)
         : fmt::format("{:.3g} times as likely to be C&C as a server like any other", odds));
  for (const auto& reason : one.reasons) {
    const auto words = words_of(reason.feature).in(language);
    text += fmt::format("  {:+6.2f}  {}: {}\n", reason.contribution, words,
                        value_in_words(reason.feature, reason.value).in(language));
  }
  return text + "\n";
}

Exit run(const Arguments& arguments) {
  const auto all = [&]() -> Result<std::string> {
    const auto model = TRY(read_model_folder(arguments.model));
    const auto examples = TRY(ExampleSet::read(arguments.examples));
    const auto found = TRY(explained(model, examples, arguments.server));
    if (found.empty())
      return failure(ErrorCode::kNotFound,
                     arguments.server + ": no such server was seen in these examples");
    auto list = Json::array();
    std::string text;
    for (const auto& one : found) {
      list.push_back(as_json(one));
      text += as_text(one, language_of(arguments.language));
    }
    return arguments.json ? list.dump(1) + "\n" : text;
  }();
  if (!all) {
    complain(all.error().message);
    return Exit::kFailed;
  }
  Output output;
  output.write(*all);
  return output.exit();
}

Exit show_card(const std::string& model, bool json) {
  const auto text = read_text_file(model + (json ? "/card.json" : "/card.md"));
  if (!text) {
    complain(text.error().message);
    return Exit::kFailed;
  }
  Output output;
  output.write(*text);
  return output.exit();
}

}  // namespace

void add_model_explain(CLI::App& model, Action& action) {
  auto* command = model.add_subcommand(
      "explain", "What of a server speaks for and against it, feature by feature (TreeSHAP)");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("SERVER", arguments->server, "ADDRESS:PORT, or ADDRESS:PORT/PROTOCOL")
      ->required();
  command->add_option("--model", arguments->model, "The model's folder")
      ->required()
      ->type_name("DIR");
  command->add_option("--examples", arguments->examples, "Files of `noroshi model examples`")
      ->required()
      ->delimiter(',')
      ->type_name("FILE");
  command->add_flag("--json", arguments->json, "As JSON, in both languages");
  add_language_option(*command, arguments->language);
  command->footer(
      "Examples:\n"
      "  noroshi model explain 198.18.7.3:48101 --model models/shipped --examples examples.bin");
  command->callback([arguments, &action] { action = [arguments] { return run(*arguments); }; });
}

void add_model_card(CLI::App& model, Action& action) {
  auto* command = model.add_subcommand(
      "card", "What a model was learnt from, how, with which features, and where it ends");
  struct CardArguments {
    std::string model;
    bool json = false;
  };
  const auto arguments = std::make_shared<CardArguments>();
  command->add_option("DIR", arguments->model, "The model's folder")->required();
  command->add_flag("--json", arguments->json, "As JSON");
  command->footer(
      "Examples:\n"
      "  noroshi model card models/shipped");
  command->callback([arguments, &action] {
    action = [arguments] { return show_card(arguments->model, arguments->json); };
  });
}

}  // namespace noroshi
