#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bilingual.h"
#include "base/time.h"

namespace noroshi {

/// A text to be printed and signed: what it says, not how it looks. Texts are UTF-8, of any length;
/// none of them is markup.
struct Document {
  struct Paragraph {
    std::string text;
    bool warning = false;  ///< not to be overlooked
  };
  /// Names and what is said under each.
  struct Facts {
    std::vector<std::pair<std::string, std::string>> facts;
  };
  struct Table {
    struct Column {
      std::string heading;
      bool number = false;  ///< set flush right
    };
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows;  ///< each as long as `columns`
  };
  using Block = std::variant<Paragraph, Facts, Table>;
  struct Section {
    std::string heading;
    std::vector<Block> blocks;
  };

  Language language = Language::kEnglish;
  std::string title;
  std::string subtitle;
  Timestamp made;  ///< the same document of the same moment is the same file
  std::vector<Section> sections;
  std::vector<std::string> signatures;  ///< who signs: "Privacy officer"; each has room for it
  std::string footer;                   ///< of every page
};

}  // namespace noroshi
