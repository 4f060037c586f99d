#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace noroshi {

/// One step from a schema to the next: a numbered file of SQL, carried in the program
/// (cmake/Migrations.cmake). What has been released is never changed: a change is a new step.
struct Migration {
  std::uint32_t version = 0;  ///< 1, 2, 3 …
  std::string_view name;      ///< of the file: "0001_cases"
  std::string_view sql;       ///< statements, each ended by ';' at the end of a line
};

/// The statements of a migration, without their ';' and without lines that are only a comment.
[[nodiscard]] std::vector<std::string_view> statements_of(std::string_view sql);

}  // namespace noroshi
