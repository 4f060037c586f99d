#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "store/batch_store.h"

namespace noroshi {

/// One record of a spool segment: a batch of flows and where it is to go. The layout stands in
/// docs/reference/delivery.md, "Spool".
struct SpoolRecord {
  BatchId batch = 0;
  std::uint64_t hour = 0;
  std::uint32_t rows = 0;
  std::uint32_t shard = 0;     ///< where it may have been sent to, and will be sent first
  bool done = false;           ///< the engine has it
  std::uint64_t offset = 0;    ///< of its frame in the segment
  std::uint32_t length = 0;    ///< of its frame
  std::uint64_t checksum = 0;  ///< of its frame (XXH64)
};

inline constexpr std::size_t kSpoolFileHeader = 8;
inline constexpr std::size_t kSpoolRecordHeader = 48;
/// A frame is never longer (LZ4 grows what it cannot pack by less than a hundredth).
inline constexpr std::size_t kMostSpoolFrame = std::size_t{128} << 20;

[[nodiscard]] std::array<std::byte, kSpoolFileHeader> spool_file_header();
[[nodiscard]] std::uint64_t spool_checksum(std::span<const std::byte> frame);
/// The record's 48 bytes before its frame; `length` and `checksum` are taken from `record`.
[[nodiscard]] std::array<std::byte, kSpoolRecordHeader> spool_record_header(
    const SpoolRecord& record);

/// The part of the header that changes in place, 8 bytes, `kSpoolStateBefore` bytes before the
/// frame: shard and done.
[[nodiscard]] std::array<std::byte, 8> spool_record_state(std::uint32_t shard, bool done);
inline constexpr std::size_t kSpoolStateBefore = 8;

/// What a segment holds. Nothing in it is trusted.
struct SpoolScan {
  std::vector<SpoolRecord> records{};  ///< in the order they were appended
  std::uint64_t torn = 0;              ///< records that end with the file, or behind one that does
  std::uint64_t damaged = 0;           ///< records in the middle that are not what was written
  std::uint64_t damaged_rows = 0;      ///< flows that those said they hold
};
/// Reads up to `into.size()` bytes at an offset; fewer at the end of the file.
using ReadAt = std::function<Result<std::size_t>(std::uint64_t offset, std::span<std::byte> into)>;
/// Walks the headers of a segment of `size` bytes. With `check_frames` every frame is read and
/// compared with its checksum: needed of the segment that was being written when the program ended.
/// Fails with kMalformed where the file is no segment, kUnsupported where it is a newer one.
[[nodiscard]] Result<SpoolScan> scan_segment(const ReadAt& read, std::uint64_t size,
                                             bool check_frames);

}  // namespace noroshi
