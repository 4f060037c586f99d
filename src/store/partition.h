#pragma once

#include <cstdint>
#include <string>

namespace noroshi {

/// What the history drops as a whole: the rows of one table and of some hours.
struct Partition {
  std::string table;
  std::uint64_t number = 0;  ///< its name in the table
  std::uint64_t begin = 0;   ///< hours since 1970: [begin, end)
  std::uint64_t end = 0;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  ///< on disk, of all shards together

  friend bool operator==(const Partition&, const Partition&) = default;
};

}  // namespace noroshi
