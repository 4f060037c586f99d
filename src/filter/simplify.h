#pragma once

#include "filter/condition.h"

namespace noroshi {

/// A condition that holds for the same rows and is quicker to ask: AllOf inside AllOf and AnyOf
/// inside AnyOf made flat, and in an AnyOf all prefixes of one address column and all values of one
/// number gathered into one list each ("ip A or ip B or …" becomes two lists).
[[nodiscard]] Condition simplified(const Condition& condition);

}  // namespace noroshi
