#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace noroshi {

/// Bytes as a gzip member (RFC 1952), packed quickly rather than small. Fewer than 2^32.
[[nodiscard]] std::vector<std::byte> gzip(std::span<const std::byte> bytes);

}  // namespace noroshi
