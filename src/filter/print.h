#pragma once

#include <string>

#include "filter/condition.h"

namespace noroshi {

/// A filter text that parse_filter reads back as the same condition, whatever the vocabulary and
/// the moment: names stand as what they mean, times are absolute.
///
/// "The same" is equality for every condition that a filter can say: AllOf and AnyOf of at least
/// two parts, values that their columns can hold. Of others the text means the same.
[[nodiscard]] std::string to_string(const Condition& condition);

}  // namespace noroshi
