#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace noroshi {

/// The fields of one line of comma-separated values (RFC 4180 within a line; blanks around fields
/// are taken off, as abuse.ch puts one behind each comma). An open quotation mark ends with the
/// line.
[[nodiscard]] std::vector<std::string> fields_of(std::string_view line);

}  // namespace noroshi
