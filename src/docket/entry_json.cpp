#include "docket/entry_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

namespace noroshi {
namespace {

using Json = nlohmann::json;

std::uint64_t milliseconds(Timestamp time) { return to_unix_milliseconds(time); }

Json json_of(const std::vector<KeptEvidence>& evidence) {
  auto list = Json::array();
  for (const auto& one : evidence) {
    auto arguments = Json::array();
    for (const auto& [name, value] : one.arguments) arguments.push_back({name, value});
    list.push_back({{"group", to_string(one.group)},
                    {"code", one.code},
                    {"statistic", std::isfinite(one.statistic) ? one.statistic : 0.0},
                    {"llr", one.log_likelihood_ratio},
                    {"arguments", std::move(arguments)}});
  }
  return list;
}

Json json_of(const KeptVerdict& verdict) {
  return {{"tier", to_string(verdict.tier)},
          {"probability", verdict.probability},
          {"clients", verdict.clients},
          {"connections", verdict.connections},
          {"first", verdict.first},
          {"last", verdict.last},
          {"evidence", json_of(verdict.evidence)},
          {"counter_evidence", json_of(verdict.counter_evidence)},
          {"would_change", verdict.would_change},
          {"not_judged", verdict.not_judged},
          {"recipe", verdict.recipe}};
}

Json json_of(const AnalystWord& word) {
  return {{"kind", to_string(word.kind)},      {"by", word.by},
          {"given", milliseconds(word.given)}, {"reason", word.reason},
          {"known_for", word.known_for},       {"known_against", word.known_against}};
}

std::string print(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Reads members of an object and remembers whether all were there. A file that somebody edited
/// must not end the program.
class Members {
 public:
  Members(const Json& json, bool& good) : json_(json), good_(good) {
    if (!json.is_object()) good_ = false;
  }

  [[nodiscard]] const Json& at(const char* name) const {
    static const Json kNothing;
    const auto found = json_.is_object() ? json_.find(name) : json_.end();
    if (found != json_.end()) return *found;
    good_ = false;
    return kNothing;
  }
  [[nodiscard]] std::string text(const char* name) const {
    const auto& value = at(name);
    if (value.is_string()) return value.get<std::string>();
    good_ = false;
    return {};
  }
  [[nodiscard]] std::uint64_t number(const char* name) const {
    const auto& value = at(name);
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    good_ = false;
    return 0;
  }
  [[nodiscard]] double real(const char* name) const {
    const auto& value = at(name);
    if (value.is_number()) return value.get<double>();
    good_ = false;
    return 0;
  }
  [[nodiscard]] std::vector<std::string> texts(const char* name) const {
    std::vector<std::string> result;
    const auto& list = at(name);
    if (!list.is_array()) good_ = false;
    for (const auto& value : list) {
      if (value.is_string())
        result.push_back(value.get<std::string>());
      else
        good_ = false;
    }
    return result;
  }
  [[nodiscard]] Timestamp moment(const char* name) const {
    return from_unix_milliseconds(number(name));
  }
  [[nodiscard]] std::optional<Timestamp> moment_if_any(const char* name) const {
    if (at(name).is_null()) return std::nullopt;
    return moment(name);
  }
  [[nodiscard]] Tier tier(const char* name) const {
    const auto word = text(name);
    for (const auto tier : {Tier::kA, Tier::kB, Tier::kC})
      if (word == to_string(tier)) return tier;
    good_ = false;
    return Tier::kC;
  }
  [[nodiscard]] DocketState state(const char* name) const {
    const auto state = parse_docket_state(text(name));
    if (!state) good_ = false;
    return state.value_or(DocketState::kNew);
  }

 private:
  const Json& json_;
  bool& good_;
};

EvidenceGroup group_of(const std::string& word, bool& good) {
  for (std::size_t at = 0; at < kEvidenceGroups; ++at)
    if (word == to_string(static_cast<EvidenceGroup>(at))) return static_cast<EvidenceGroup>(at);
  good = false;
  return EvidenceGroup::kBehaviour;
}

std::vector<KeptEvidence> evidence_of(const Json& list, bool& good) {
  std::vector<KeptEvidence> result;
  if (!list.is_array()) good = false;
  for (const auto& json : list) {
    const Members members(json, good);
    KeptEvidence one;
    one.group = group_of(members.text("group"), good);
    one.code = members.text("code");
    one.statistic = members.real("statistic");
    one.log_likelihood_ratio = members.real("llr");
    for (const auto& pair : members.at("arguments")) {
      if (pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string())
        one.arguments.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
      else
        good = false;
    }
    result.push_back(std::move(one));
  }
  return result;
}

KeptVerdict verdict_of(const Json& json, bool& good) {
  const Members members(json, good);
  KeptVerdict verdict;
  verdict.tier = members.tier("tier");
  verdict.probability = members.real("probability");
  verdict.clients = members.number("clients");
  verdict.connections = members.number("connections");
  verdict.first = members.number("first");
  verdict.last = members.number("last");
  verdict.evidence = evidence_of(members.at("evidence"), good);
  verdict.counter_evidence = evidence_of(members.at("counter_evidence"), good);
  verdict.would_change = members.texts("would_change");
  verdict.not_judged = members.texts("not_judged");
  verdict.recipe = members.text("recipe");
  return verdict;
}

AnalystWord word_of(const Json& json, bool& good) {
  const Members members(json, good);
  AnalystWord word;
  const auto kind = parse_word(members.text("kind"));
  if (!kind) good = false;
  word.kind = kind.value_or(AnalystWord::Kind::kWatch);
  word.by = members.text("by");
  word.given = members.moment("given");
  word.reason = members.text("reason");
  word.known_for = members.texts("known_for");
  word.known_against = members.texts("known_against");
  return word;
}

Json json_of(const std::optional<Timestamp>& moment) {
  return moment ? Json(milliseconds(*moment)) : Json();
}

tl::unexpected<Error> damaged() {
  return failure(ErrorCode::kMalformed, "an entry of the docket is damaged");
}

}  // namespace

std::string to_json(const DocketEntry& entry) {
  return print({{"server", entry.server.to_string()},
                {"state", to_string(entry.judged_state)},
                {"tier", to_string(entry.judged_tier)},
                {"verdict", json_of(entry.verdict)},
                {"first_seen", entry.first_seen},
                {"last_seen", entry.last_seen},
                {"listed", milliseconds(entry.listed)},
                {"suspected", json_of(entry.suspected)},
                {"earned", json_of(entry.earned)},
                {"judged_until", milliseconds(entry.judged_until)},
                {"word", entry.word ? json_of(*entry.word) : Json()}});
}

std::string to_json(const DocketChange& change) {
  return print({{"moment", milliseconds(change.moment)},
                {"by", change.by},
                {"from", to_string(change.from)},
                {"to", to_string(change.to)},
                {"from_tier", to_string(change.from_tier)},
                {"to_tier", to_string(change.to_tier)},
                {"why", change.why},
                {"reason", change.reason},
                {"verdict", json_of(change.verdict)}});
}

Result<DocketEntry> docket_entry_from_json(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  bool good = true;
  const Members members(json, good);
  DocketEntry entry;
  const auto name = parse_server(members.text("server"));
  if (!name || !name->protocol) return damaged();
  entry.server = {name->address, name->port, *name->protocol};
  entry.judged_state = members.state("state");
  entry.judged_tier = members.tier("tier");
  entry.verdict = verdict_of(members.at("verdict"), good);
  entry.first_seen = members.number("first_seen");
  entry.last_seen = members.number("last_seen");
  entry.listed = members.moment("listed");
  entry.suspected = members.moment_if_any("suspected");
  entry.earned = members.moment_if_any("earned");
  entry.judged_until = members.moment("judged_until");
  if (const auto& word = members.at("word"); !word.is_null()) entry.word = word_of(word, good);
  if (!good) return damaged();
  return entry;
}

Result<DocketChange> docket_change_from_json(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  bool good = true;
  const Members members(json, good);
  DocketChange change;
  change.moment = members.moment("moment");
  change.by = members.text("by");
  change.from = members.state("from");
  change.to = members.state("to");
  change.from_tier = members.tier("from_tier");
  change.to_tier = members.tier("to_tier");
  change.why = members.text("why");
  change.reason = members.text("reason");
  change.verdict = verdict_of(members.at("verdict"), good);
  if (!good) return damaged();
  return change;
}

}  // namespace noroshi
