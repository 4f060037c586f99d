#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "filter/parse.h"

namespace noroshi {

/// {"exporters":{"edge-1":["192.0.2.1/32"]},"tags":{"customers":["198.51.100.0/24"]},
/// "interfaces":[{"exporter":"192.0.2.1/32","index":3,"name":"peer-a","description":"",
/// "external":true,"configured":true}]}
[[nodiscard]] std::string to_json(const FilterVocabulary& vocabulary);
[[nodiscard]] Result<FilterVocabulary> vocabulary_from_json(std::string_view text);

/// {"interfaces":[…]}, each as above with the configured name of its exporter besides; single
/// addresses without their length. docs/reference/collecting.md, "Interfaces as JSON".
[[nodiscard]] std::string interfaces_to_json(const FilterVocabulary& vocabulary);

}  // namespace noroshi
