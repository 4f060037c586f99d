#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "decode/saved_session.h"

namespace noroshi {

/// What Decoder::save() gives, as one run of bytes (docs/reference/collecting.md "Template file"):
/// integers in network byte order, a checksum of everything at the end.
[[nodiscard]] std::vector<std::byte> write_template_store(std::span<const SavedSession> sessions);

/// Reads the same. Nothing in `bytes` is trusted: what is damaged, truncated or of another version
/// is refused whole with kMalformed or kUnsupported. That the definitions are acceptable is for
/// Decoder::restore() to judge.
[[nodiscard]] Result<std::vector<SavedSession>> read_template_store(
    std::span<const std::byte> bytes);

/// The same bytes with the checksum, the last eight of them, made to fit: for tests of the reader.
[[nodiscard]] std::vector<std::byte> with_template_store_checksum(std::vector<std::byte> bytes);

}  // namespace noroshi
