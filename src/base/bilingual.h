#pragma once

#include <string>

namespace noroshi {

enum class Language : unsigned char { kJapanese, kEnglish };

/// The same words in the two languages of the product.
struct Bilingual {
  std::string ja;
  std::string en;

  [[nodiscard]] const std::string& in(Language language) const {
    return language == Language::kJapanese ? ja : en;
  }
  friend bool operator==(const Bilingual&, const Bilingual&) = default;
};

}  // namespace noroshi
