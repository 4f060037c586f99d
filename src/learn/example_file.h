#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "learn/endpoint_day.h"

namespace noroshi {

/// Examples as a file (docs/reference/model.md "Files of examples"): a head that names features,
/// baselines and evidence groups in order, then day after day a line of JSON and rows of one
/// length.
///
/// Written in pieces by whoever holds the file.
[[nodiscard]] std::string example_file_head();
[[nodiscard]] std::string example_file_day(const DayOfNetwork& day);
/// The last line: a file without it is not whole.
[[nodiscard]] std::string example_file_end(std::uint64_t days);

/// Reads day after day. kMalformed, kTruncated; kUnsupported for features that are not this
/// program's.
[[nodiscard]] Status read_example_file(const std::string& path,
                                       const std::function<Status(DayOfNetwork&& day)>& sink);

}  // namespace noroshi
