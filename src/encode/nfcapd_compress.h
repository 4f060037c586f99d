#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "encode/nfcapd_format.h"

namespace noroshi {

/// The records of one nfcapd block, compressed together. `records` is at most a few MiB.
[[nodiscard]] std::vector<std::byte> nfcapd_compress(NfcapdCompression compression,
                                                     std::span<const std::byte> records);

}  // namespace noroshi
