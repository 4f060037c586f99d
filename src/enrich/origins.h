#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/prefix_map.h"

namespace noroshi {

/// Where an address is at home: 0 is not known.
struct Origin {
  std::uint32_t as = 0;
  std::uint16_t country = 0;  ///< ISO 3166-1 alpha-2: 'J' << 8 | 'P'
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// "JP" as a number; 0 unless two letters.
[[nodiscard]] std::uint16_t country_code(std::string_view text);

/// A table from address to AS number and country, read whole into memory when it is opened. Any
/// number of threads may ask.
class Origins {
 public:
  /// IPFire's location database (libloc), as Debian's package libloc-database installs it.
  [[nodiscard]] static Result<std::shared_ptr<const Origins>> from_libloc(const std::string& path);
  /// MaxMind DB files (format 2.0): one with AS numbers (`autonomous_system_number`), one with
  /// countries (`country.iso_code`), or one with both. Either path may be empty, not both.
  [[nodiscard]] static Result<std::shared_ptr<const Origins>> from_mmdb(
      const std::string& as_path, const std::string& country_path);

  [[nodiscard]] Origin find(const IpAddress& address) const {
    Origin origin;
    for (const auto& table : tables_) {
      const auto index = table.map.find(address);
      if (index == PrefixMap::kNone) continue;
      const auto& found = table.origins[index];
      if (found.as != 0) origin.as = found.as;
      if (found.country != 0) origin.country = found.country;
    }
    return origin;
  }

  /// "location.db of 2022-10-29, 1,290,053 networks".
  [[nodiscard]] const std::string& describe() const { return description_; }

 private:
  struct Table {
    PrefixMap map;
    std::vector<Origin> origins;  // the map's values index it
  };
  class Builder;

  std::vector<Table> tables_;
  std::string description_;
};

}  // namespace noroshi
