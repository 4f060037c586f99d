#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bilingual.h"
#include "guard/policy/policy.h"

namespace noroshi {

/// One thing that a policy says of something, in plain words.
struct Facet {
  std::string_view key;  ///< as policy.toml spells it
  Bilingual label;
  Bilingual text;
};

/// What a policy says of each of its parts: the one account from which it is shown and compared.
/// Two parts are equal exactly where all their facets are.
[[nodiscard]] std::vector<Facet> facets_of(const Policy& policy);  ///< of the whole, not its parts
[[nodiscard]] std::vector<Facet> facets_of(const DataClass& data_class);
[[nodiscard]] std::vector<Facet> facets_of(const Role& role);
[[nodiscard]] std::vector<Facet> facets_of(const Purpose& purpose);
[[nodiscard]] std::vector<Facet> facets_of(const Person& person);

}  // namespace noroshi
