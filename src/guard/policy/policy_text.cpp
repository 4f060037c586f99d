#include "guard/policy/policy_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "guard/policy/facets.h"

namespace noroshi {
namespace {

using Json = nlohmann::ordered_json;

/// A class, a role, a purpose or a person, or the policy as a whole, by what is said of it.
struct Part {
  Bilingual kind;
  std::string name;
  std::vector<Facet> facets;
};

std::vector<Part> parts_of(const Policy& policy) {
  std::vector<Part> parts{{{"全体", "policy"}, "", facets_of(policy)}};
  for (const auto& purpose : policy.purposes)
    parts.push_back({{"目的", "purpose"}, purpose.name, facets_of(purpose)});
  for (const auto& role : policy.roles)
    parts.push_back({{"役割", "role"}, role.name, facets_of(role)});
  for (const auto& data_class : policy.classes)
    parts.push_back({{"データ区分", "class"}, data_class.name, facets_of(data_class)});
  for (const auto& person : policy.persons)
    parts.push_back({{"人", "person"}, person.account, facets_of(person)});
  return parts;
}

std::string title_of(const Part& part, Language language) {
  const auto& kind = part.kind.in(language);
  return part.name.empty() ? kind : kind + " " + part.name;
}

/// One way in which a policy differs from another.
struct Difference {
  enum class Kind { kAdded, kRemoved, kChanged };
  Kind kind;
  const Part* part;
  const Facet* before = nullptr;
  const Facet* after = nullptr;
};

const Part* find(const std::vector<Part>& parts, const Part& like) {
  const auto found = std::ranges::find_if(
      parts, [&](const Part& part) { return part.name == like.name && part.kind == like.kind; });
  return found == parts.end() ? nullptr : &*found;
}

std::vector<Difference> differences(const std::vector<Part>& before,
                                    const std::vector<Part>& after) {
  std::vector<Difference> all;
  for (const auto& part : before) {
    const auto* same = find(after, part);
    if (same == nullptr) {
      all.push_back({Difference::Kind::kRemoved, &part});
      continue;
    }
    for (std::size_t at = 0; at < part.facets.size(); ++at)
      if (!(part.facets[at].text == same->facets[at].text))
        all.push_back({Difference::Kind::kChanged, &part, &part.facets[at], &same->facets[at]});
  }
  for (const auto& part : after)
    if (find(before, part) == nullptr) all.push_back({Difference::Kind::kAdded, &part});
  return all;
}

Json json_of(const Bilingual& words) { return {{"ja", words.ja}, {"en", words.en}}; }

Json json_of(const Purpose& purpose) {
  Json tables = Json::array();
  for (const auto table : purpose.tables) tables.push_back(name_of(table));
  return {{"name", purpose.name},
          {"title", json_of(purpose.title)},
          {"basis", name_of(purpose.basis)},
          {"basis_in_words", json_of(purpose.basis_in_words)},
          {"necessity", json_of(purpose.necessity)},
          {"means", json_of(purpose.means)},
          {"roles", purpose.roles},
          {"tables", std::move(tables)},
          {"fields", words_of(purpose.fields)},
          {"granularity", name_of(purpose.granularity)},
          {"retention_days", purpose.retention_days},
          {"needs_case", purpose.needs_case},
          {"hours", purpose.hours ? to_string(*purpose.hours) : ""},
          {"approvals", purpose.approvals},
          {"approvers", purpose.approvers},
          {"bulk_reveal", purpose.bulk_reveal},
          {"exports", purpose.exports},
          {"suppress_below", purpose.suppress_below},
          {"round_to", purpose.round_to}};
}

Json json_of(const Person& person) {
  Json clearances = Json::array();
  for (const auto& each : person.clearances) {
    Json clearance = {{"class", each.data_class}};
    if (each.last_day)
      clearance["until"] =
          fmt::format("{:%F}", std::chrono::system_clock::time_point(*each.last_day));
    clearances.push_back(std::move(clearance));
  }
  return {{"name", person.name},
          {"account", person.account},
          {"roles", person.roles},
          {"clearances", std::move(clearances)}};
}

std::string dumped(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string policy_as_text(const Policy& policy, Language language) {
  std::string text;
  for (const auto& part : parts_of(policy)) {
    text += part.name.empty() ? policy.source + "\n" : title_of(part, language) + "\n";
    for (const auto& facet : part.facets)
      text += fmt::format("  {}: {}\n", facet.label.in(language), facet.text.in(language));
    text += "\n";
  }
  text.pop_back();
  return text;
}

std::string policy_as_json(const Policy& policy) {
  Json json = {{"source", policy.source},
               {"utc_offset_minutes", policy.utc_offset.count()},
               {"default_role", policy.default_role},
               {"default_clearance", policy.default_clearance}};
  auto& oversight = json["oversight"] = Json::object();
  for (std::size_t at = 0; at < kOversightActs; ++at)
    oversight[std::string(name_of(static_cast<OversightAct>(at)))] = policy.overseers[at];
  auto& classes = json["classes"] = Json::array();
  for (const auto& each : policy.classes)
    classes.push_back({{"name", each.name},
                       {"meaning", json_of(each.meaning)},
                       {"fields", words_of(each.fields)}});
  auto& roles = json["roles"] = Json::array();
  for (const auto& each : policy.roles)
    roles.push_back({{"name", each.name},
                     {"meaning", json_of(each.meaning)},
                     {"default_purpose", each.default_purpose}});
  auto& purposes = json["purposes"] = Json::array();
  for (const auto& each : policy.purposes) purposes.push_back(json_of(each));
  auto& persons = json["persons"] = Json::array();
  for (const auto& each : policy.persons) persons.push_back(json_of(each));
  return dumped(json);
}

std::string difference_as_text(const Policy& before, const Policy& after, Language language) {
  const auto old_parts = parts_of(before);
  const auto new_parts = parts_of(after);
  const bool japanese = language == Language::kJapanese;
  std::string text;
  const Part* last = nullptr;
  for (const auto& difference : differences(old_parts, new_parts)) {
    const auto title = title_of(*difference.part, language);
    if (difference.kind == Difference::Kind::kChanged) {
      if (difference.part != last) text += title + "\n";
      text +=
          fmt::format("  {}:\n    - {}\n    + {}\n", difference.before->label.in(language),
                      difference.before->text.in(language), difference.after->text.in(language));
    } else {
      const bool added = difference.kind == Difference::Kind::kAdded;
      const auto* what = added ? (japanese ? "追加" : "added") : (japanese ? "削除" : "removed");
      text += fmt::format("{}: {}\n", title, what);
      if (added)
        for (const auto& facet : difference.part->facets)
          text += fmt::format("  {}: {}\n", facet.label.in(language), facet.text.in(language));
    }
    last = difference.part;
  }
  return text;
}

std::string difference_as_json(const Policy& before, const Policy& after) {
  const auto old_parts = parts_of(before);
  const auto new_parts = parts_of(after);
  Json list = Json::array();
  for (const auto& difference : differences(old_parts, new_parts)) {
    Json json = {{"part", title_of(*difference.part, Language::kEnglish)}};
    if (difference.kind == Difference::Kind::kChanged) {
      json["change"] = "changed";
      json["key"] = difference.before->key;
      json["before"] = json_of(difference.before->text);
      json["after"] = json_of(difference.after->text);
    } else {
      json["change"] = difference.kind == Difference::Kind::kAdded ? "added" : "removed";
    }
    list.push_back(std::move(json));
  }
  return dumped({{"differences", std::move(list)}});
}

}  // namespace noroshi
