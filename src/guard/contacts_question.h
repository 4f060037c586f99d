#pragma once

#include <cstdint>

namespace noroshi {

/// The contacts of one hour.
struct ContactsQuestion {
  std::uint64_t hour = 0;  ///< since 1970 UTC
};

}  // namespace noroshi
