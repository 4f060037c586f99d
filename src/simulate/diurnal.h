#pragma once

#include <cstdint>

#include "base/time.h"

namespace noroshi::simulate {

/// How busy people are at home at this hour of their day (Japan, UTC+9), in thousandths of the
/// busiest.
[[nodiscard]] std::uint32_t diurnal_permille(Timestamp time);
/// The same of people at work: days, and little on Saturdays and Sundays. Assumed.
[[nodiscard]] std::uint32_t office_permille(Timestamp time);

}  // namespace noroshi::simulate
