#pragma once

#include <cstdint>

#include "net/ip_address.h"

namespace noroshi {

/// Of an address that an outsider may have chosen. Its halves go through the mix one after the
/// other with the seed between, so that nobody can choose addresses that fall together without
/// knowing the seed.
[[nodiscard]] inline std::uint64_t seeded_hash(const IpAddress& address, std::uint64_t seed) {
  return mix(mix(address.low(), seed), address.high());
}

}  // namespace noroshi
