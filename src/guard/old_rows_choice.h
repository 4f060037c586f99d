#pragma once

#include <cstdint>

namespace noroshi {

/// What becomes of rows that hold subscribers' addresses in clear: from before the ranges were
/// stated, or under others.
enum class OldRows : std::uint8_t {
  kRefuse,   ///< nothing is opened until a person decides
  kDrop,     ///< partitions with such rows are deleted, on the record
  kRewrite,  ///< pseudonyms are put in their place, on the record
};

}  // namespace noroshi
