#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "filter/parse.h"

namespace noroshi {

/// {"exporters":{"edge-1":["192.0.2.1/32"]},"tags":{"customers":["198.51.100.0/24"]}}
[[nodiscard]] std::string to_json(const FilterVocabulary& vocabulary);
[[nodiscard]] Result<FilterVocabulary> vocabulary_from_json(std::string_view text);

}  // namespace noroshi
