#include "desk/recipe_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "guard/digest.h"
#include "pipeline/window_sieve.h"
#include "store/contact_table.h"
#include "toml/toml_table.h"

namespace noroshi {
namespace {

constexpr double kLargest = 1000;
constexpr std::size_t kMostWeights = 1000;

/// The SQL by which the contacts of one hour are read.
std::string question() { return std::string(contacts_sql(0, {"contacts"}).text()); }

struct CandidateLine {
  std::string_view name;
  std::uint64_t value;
};
constexpr CandidateLine kCandidates[] = {
    {"least_clients", WindowSieve::kLeastClients},
    {"least_connections", WindowSieve::kLeastConnections},
    {"least_ports", WindowSieve::kLeastPorts},
};

std::string key_of(EvidenceGroup group) { return std::string(to_string(group)); }

/// Null when this program has no such evidence.
const EvidenceCode* find_code(std::string_view code) {
  const auto codes = evidence_codes();
  const auto found = std::ranges::find(codes, code, &EvidenceCode::code);
  return found == codes.end() ? nullptr : &*found;
}

void note(std::vector<Bilingual>& notes, std::string ja, std::string en) {
  notes.push_back({std::move(ja), std::move(en)});
}

void read_fusion(TomlTable table, FusionRule& rule) {
  constexpr double kSmallest = 1e-9;
  rule.prior = table.number("prior", rule.prior, kSmallest, 1 - kSmallest);
  rule.tier_a = table.number("tier_a", rule.tier_a, 0, 1);
  rule.tier_b = table.number("tier_b", rule.tier_b, 0, 1);
  rule.group_speaks = table.number("group_speaks", rule.group_speaks, 0, kLargest);
  auto caps = table.table("caps");
  for (std::size_t at = 0; at < rule.caps.size(); ++at) {
    const auto key = key_of(static_cast<EvidenceGroup>(at));
    rule.caps[at] = caps.number(key, rule.caps[at], 0, kLargest);
  }
  if (rule.tier_b > rule.tier_a) table.refuse("tier_b", "it is above tier_a");
}

Recipe::Weight read_weight(TomlTable table, std::vector<Bilingual>& notes) {
  Recipe::Weight weight;
  weight.code = table.text("code", "");
  if (weight.code.empty()) table.refuse("code", "evidence needs the code that it is for");
  const auto group = table.text("group", "");
  weight.scale = table.number("scale", 1, 0, kLargest);
  if (table.has("most")) weight.most = table.number("most", kLargest, 0, kLargest);
  const auto* const known = find_code(weight.code);
  if (known == nullptr)
    note(notes, fmt::format("証拠 {} は本版では計算できない", weight.code),
         fmt::format("evidence {}: this version cannot compute it", weight.code));
  else if (!group.empty() && group != to_string(known->group))
    note(notes,
         fmt::format("証拠 {} は本版では {} に属し、{} としては扱えない", weight.code,
                     to_string(known->group), group),
         fmt::format("evidence {}: here it belongs to {}, not to {}", weight.code,
                     to_string(known->group), group));
  return weight;
}

/// What the file states and this program has built in otherwise.
void compare(TomlTable table, std::string_view name, double built_in,
             std::vector<Bilingual>& notes) {
  constexpr double kMost = 1e12;
  const auto stated = table.number(name, built_in, 0, kMost);
  if (std::abs(stated - built_in) <= 1e-9 * std::max(1.0, std::abs(built_in))) return;
  note(notes, fmt::format("{} = {} は本版では変えられず、{} で計算した", name, stated, built_in),
       fmt::format("{} = {}: built in here, and computed with {}", name, stated, built_in));
}

/// A number as TOML spells one that has a point.
std::string number(double value) {
  auto text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace

std::string recipe_text(const Recipe& recipe) {
  std::string text;
  const auto out = std::back_inserter(text);
  fmt::format_to(
      out,
      "# C&Cサーバ検知のレシピ。証拠から判定を作る方法を、他の事業者が自網で再現できる形で示す。\n"
      "# A recipe for finding C&C servers: how verdicts are made of evidence, for another\n"
      "# carrier to run on contacts of its own: noroshi c2 recipe run FILE\n"
      "version = {}\n\n"
      "# 候補: 接触の記録のうち、読む価値のあるサーバ。\n"
      "# Candidates: servers with as many clients, or connections, or tried ports, or one\n"
      "# connection that stayed or flooded. Stated for the reader; built in.\n"
      "[candidates]\n",
      RecipeFile::kVersion);
  for (const auto& line : kCandidates) fmt::format_to(out, "{} = {}\n", line.name, line.value);
  fmt::format_to(out, "question = \"\"\"\n{}\"\"\"\n", question());
  fmt::format_to(out,
                 "\n# 融合: 事前確率からの対数オッズの和。群ごとに上限がある。\n"
                 "# Fusion: log-odds added up from the prior, capped by group.\n"
                 "[fusion]\nprior = {}\ntier_a = {}\ntier_b = {}\ngroup_speaks = {}\n\n"
                 "[fusion.caps]\n",
                 number(recipe.rule.prior), number(recipe.rule.tier_a), number(recipe.rule.tier_b),
                 number(recipe.rule.group_speaks));
  for (std::size_t at = 0; at < recipe.rule.caps.size(); ++at)
    fmt::format_to(out, "{} = {}\n", to_string(static_cast<EvidenceGroup>(at)),
                   number(recipe.rule.caps[at]));
  fmt::format_to(out,
                 "\n# 検知器の閾値（参考。変更はできない）\n"
                 "# Thresholds of the detectors. Stated for the reader; built in.\n[detectors]\n");
  for (const auto& threshold : detector_thresholds())
    fmt::format_to(out, "{} = {}\n", threshold.name, number(threshold.value));
  fmt::format_to(
      out,
      "\n# 証拠と、その重み。ここにない証拠は数えない。scale = 0 で無効、most は上限。\n"
      "# Evidence and what it counts for; what is not here counts for nothing. scale = 0:\n"
      "# not looked at; most: the most that it may add or take away.\n");
  for (const auto& weight : recipe.weights) {
    fmt::format_to(out, "[[evidence]]\ncode = \"{}\"\n", weight.code);
    if (const auto* const known = find_code(weight.code); known != nullptr)
      fmt::format_to(out, "group = \"{}\"\n", to_string(known->group));
    fmt::format_to(out, "scale = {}\n", number(weight.scale));
    if (std::isfinite(weight.most)) fmt::format_to(out, "most = {}\n", number(weight.most));
  }
  return text;
}

RecipeFile own_recipe() {
  RecipeFile file{.recipe = Recipe::built_in(), .id = {}};
  file.id = sha256(recipe_text(file.recipe)).to_hex();
  return file;
}

Result<RecipeFile> parse_recipe(std::string_view text, const std::string& name) {
  const auto toml = TRY(TomlFile::parse(text, name));
  auto root = toml.root();
  RecipeFile file;
  const auto version = root.integer("version", 0, 0, std::numeric_limits<int>::max());
  if (version != RecipeFile::kVersion)
    return failure(ErrorCode::kUnsupported,
                   fmt::format("{}: a recipe of version {}; this program reads version {}", name,
                               version, RecipeFile::kVersion));
  auto candidates = root.table("candidates");
  for (const auto& line : kCandidates)
    compare(candidates, line.name, static_cast<double>(line.value), file.notes);
  if (candidates.text("question", question()) != question())
    note(file.notes, "候補を求めるSQLは本版のものを用いた",
         "candidates: another question than this version's; asked with ours");
  read_fusion(root.table("fusion"), file.recipe.rule);
  auto detectors = root.table("detectors");
  for (const auto& threshold : detector_thresholds())
    compare(detectors, threshold.name, threshold.value, file.notes);
  for (auto& table : root.tables("evidence")) {
    auto weight = read_weight(table, file.notes);
    auto& weights = file.recipe.weights;
    if (std::ranges::find(weights, weight.code, &Recipe::Weight::code) != weights.end())
      table.refuse("code", fmt::format("'{}' stands there twice", weight.code));
    if (weights.size() >= kMostWeights)
      return failure(ErrorCode::kLimit,
                     fmt::format("{}: more than {} kinds of evidence", name, kMostWeights));
    weights.push_back(std::move(weight));
  }
  TRY(toml.finish());
  for (const auto& code : evidence_codes())
    if (std::ranges::find(file.recipe.weights, code.code, &Recipe::Weight::code) ==
        file.recipe.weights.end())
      note(file.notes, fmt::format("証拠 {} はこのレシピにないため数えない", code.code),
           fmt::format("evidence {}: not in this recipe, and not counted", code.code));
  file.id = sha256(recipe_text(file.recipe)).to_hex();
  return file;
}

}  // namespace noroshi
