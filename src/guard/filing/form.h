#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bilingual.h"
#include "guard/filing/filing.h"

namespace noroshi {

/// Asks a person the questions of a filing, one after the other: each with why it is asked and an
/// example, and with the answer there is already, which an empty line keeps ("-" empties it). An
/// answer that cannot be is explained and asked again.
class FilingForm {
 public:
  struct Dependencies {
    std::function<void(std::string_view text)> write;
    /// One line without its end; nullopt when there are no more.
    std::function<std::optional<std::string>()> read_line;
    /// Called with each new answer, so that nothing is lost when the person leaves off.
    std::function<void(const Filing& draft)> keep;
  };

  FilingForm(Language language, Dependencies dependencies)
      : language_(language), dependencies_(std::move(dependencies)) {}

  /// From `draft` to what was confirmed at the end; nullopt when it was not.
  [[nodiscard]] std::optional<Filing> ask(Filing draft) const;

 private:
  [[nodiscard]] std::optional<std::string> read_answer(bool several, std::string_view before) const;
  void write_summary(const Filing& filing) const;
  [[nodiscard]] const char* words(const char* japanese, const char* english) const {
    return language_ == Language::kJapanese ? japanese : english;
  }

  Language language_;
  Dependencies dependencies_;
};

}  // namespace noroshi
