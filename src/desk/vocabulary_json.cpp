#include "desk/vocabulary_json.h"

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

}  // namespace

std::string to_json(const FilterVocabulary& vocabulary) {
  return Json{{"exporters", json_of(vocabulary.exporters)}, {"tags", json_of(vocabulary.tags)}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<FilterVocabulary> vocabulary_from_json(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  FilterVocabulary vocabulary;
  vocabulary.exporters = TRY(words_of<Prefix>(json, "exporters"));
  vocabulary.tags = TRY(words_of<Prefix>(json, "tags"));
  return vocabulary;
}

}  // namespace noroshi
