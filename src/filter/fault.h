#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace noroshi {

/// Where a text is wrong: bytes from `position` on; `length` 0 marks the place itself.
struct FaultPlace {
  std::size_t position = 0;
  std::size_t length = 0;
};

/// The error of a text that is wrong at a place: the reason, then the line at fault and a mark
/// below it, each indented by two spaces.
///
///     there is no protocol 'tpc'; did you mean 'tcp'?
///       proto tpc and dst port 80
///             ^^^
///
/// The mark stands under the character on a terminal: wide characters (Unicode TR 11) count as two
/// columns, combining ones as none; a tab is shown as one space, a control character or a byte that
/// is not UTF-8 as a question mark. A long line is cut to the part around the fault, with "…" where
/// something is left out; of several lines the number is said.
[[nodiscard]] Error fault_in(std::string_view text, FaultPlace place, std::string_view reason,
                             ErrorCode code = ErrorCode::kInvalidArgument);

}  // namespace noroshi
