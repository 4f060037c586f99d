#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "base/bilingual.h"
#include "base/result.h"
#include "command.h"

namespace noroshi {

/// What is said in the person's language.
class Words {
 public:
  explicit Words(Language language) : japanese_(language == Language::kJapanese) {}
  [[nodiscard]] const char* operator()(const char* japanese, const char* english) const {
    return japanese_ ? japanese : english;
  }
  [[nodiscard]] std::string of(const nlohmann::json& bilingual) const {
    return bilingual.at(japanese_ ? "ja" : "en").get<std::string>();
  }

 private:
  bool japanese_;
};

/// How the command line shows what a desk answered: as it came with `json`, else as `text_of` says
/// it. An error is told, and so is an answer that is no JSON.
using TextOf = std::function<std::string(const nlohmann::json& answer, const Words& words)>;
[[nodiscard]] Exit print_answer(const Result<std::string>& answer, bool json, Language language,
                                const TextOf& text_of);

/// Tells of an error; the exit status that goes with it.
[[nodiscard]] Exit tell(const Error& error);

}  // namespace noroshi
