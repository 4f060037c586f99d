#include "desk/vocabulary_json.h"

#include <cstdint>
#include <nlohmann/json.hpp>

namespace noroshi {
namespace {

using Json = nlohmann::json;

template <typename T>
Json json_of(const std::map<std::string, std::vector<T>, std::less<>>& words) {
  Json object = Json::object();
  for (const auto& [word, values] : words) {
    auto& list = object[word] = Json::array();
    for (const auto& value : values) list.push_back(value.to_string());
  }
  return object;
}

template <typename T>
Result<std::map<std::string, std::vector<T>, std::less<>>> words_of(const Json& json,
                                                                    const char* name) {
  std::map<std::string, std::vector<T>, std::less<>> words;
  const auto wrong = [&] {
    return failure(ErrorCode::kMalformed, std::string("a vocabulary without proper ") + name);
  };
  if (!json.is_object() || !json.contains(name) || !json.at(name).is_object()) return wrong();
  for (const auto& [word, list] : json.at(name).items()) {
    if (!list.is_array()) return wrong();
    auto& values = words[word];
    for (const auto& value : list) {
      if (!value.is_string()) return wrong();
      values.push_back(TRY(T::parse(value.template get<std::string>())));
    }
  }
  return words;
}

Json json_of(const NamedInterface& each) {
  return {{"exporter", each.exporter.to_string()},
          {"index", each.index},
          {"name", each.name},
          {"description", each.description},
          {"external", each.external},
          {"configured", each.configured}};
}

Json json_of(const std::vector<NamedInterface>& interfaces) {
  Json list = Json::array();
  for (const auto& each : interfaces) list.push_back(json_of(each));
  return list;
}

/// The first whose addresses hold the exporter, by name; empty where none does.
std::string name_of(const Prefix& exporter, const FilterVocabulary& vocabulary) {
  for (const auto& [name, addresses] : vocabulary.exporters)
    for (const auto& address : addresses)
      if (address.contains(exporter.address())) return name;
  return {};
}

Result<std::vector<NamedInterface>> interfaces_of(const Json& json) {
  std::vector<NamedInterface> interfaces;
  // A daemon from before an upgrade knows none.
  if (!json.contains("interfaces")) return interfaces;
  const auto wrong = [] {
    return failure(ErrorCode::kMalformed, "a vocabulary without proper interfaces");
  };
  const auto& list = json.at("interfaces");
  if (!list.is_array()) return wrong();
  for (const auto& each : list) {
    const auto text = [&](const char* name) {
      return each.contains(name) && each.at(name).is_string();
    };
    const auto flag = [&](const char* name) {
      return each.contains(name) && each.at(name).is_boolean();
    };
    if (!each.is_object() || !text("exporter") || !text("name") || !text("description") ||
        !flag("external") || !flag("configured") || !each.contains("index") ||
        !each.at("index").is_number_unsigned() ||
        each.at("index").get<std::uint64_t>() > UINT32_MAX)
      return wrong();
    interfaces.push_back({.exporter = TRY(Prefix::parse(each.at("exporter").get<std::string>())),
                          .index = each.at("index").get<std::uint32_t>(),
                          .name = each.at("name").get<std::string>(),
                          .description = each.at("description").get<std::string>(),
                          .external = each.at("external").get<bool>(),
                          .configured = each.at("configured").get<bool>()});
  }
  return interfaces;
}

}  // namespace

std::string to_json(const FilterVocabulary& vocabulary) {
  return Json{{"exporters", json_of(vocabulary.exporters)},
              {"tags", json_of(vocabulary.tags)},
              {"interfaces", json_of(vocabulary.interfaces)}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string interfaces_to_json(const FilterVocabulary& vocabulary) {
  Json list = Json::array();
  for (const auto& each : vocabulary.interfaces) {
    auto object = json_of(each);
    const bool single = each.exporter.length() == (each.exporter.address().is_of_v4() ? 32 : 128);
    if (single) object["exporter"] = each.exporter.address().to_string();
    object["exporter_name"] = name_of(each.exporter, vocabulary);
    list.push_back(std::move(object));
  }
  return Json{{"interfaces", std::move(list)}}.dump(1, ' ', false, Json::error_handler_t::replace);
}

Result<FilterVocabulary> vocabulary_from_json(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  FilterVocabulary vocabulary;
  vocabulary.exporters = TRY(words_of<Prefix>(json, "exporters"));
  vocabulary.tags = TRY(words_of<Prefix>(json, "tags"));
  vocabulary.interfaces = TRY(interfaces_of(json));
  return vocabulary;
}

}  // namespace noroshi
