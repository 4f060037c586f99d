#include "store/spool_record.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/check.h"

namespace noroshi {
namespace {

constexpr std::uint32_t kFileMagic = 0x4c505346;  // "FSPL"
constexpr std::uint32_t kFileVersion = 1;
constexpr std::uint32_t kRecordMagic = 0x43455246;  // "FREC"
constexpr std::uint32_t kWaiting = 0x54494157;      // "WAIT"
constexpr std::uint32_t kDone = 0x454e4f44;         // "DONE"
constexpr std::size_t kCheckedHeader = 28;          // what the header's own checksum covers

template <std::size_t size>
std::array<std::byte, size> to_array(const ByteWriter& writer) {
  CHECK(writer.size() == size);
  std::array<std::byte, size> result;
  std::copy_n(writer.bytes().begin(), size, result.begin());
  return result;
}

std::uint32_t header_checksum(std::span<const std::byte> header) {
  return static_cast<std::uint32_t>(spool_checksum(header.first(kCheckedHeader)));
}

Result<std::vector<std::byte>> read_exactly(const ReadAt& read, std::uint64_t offset,
                                            std::size_t length) {
  std::vector<std::byte> bytes(length);
  const auto got = TRY(read(offset, bytes));
  if (got != length) return failure(ErrorCode::kTruncated, "a spool segment became shorter");
  return bytes;
}

enum class HeaderIs { kGood, kNoRecord, kOfNoState };
struct Header {
  HeaderIs is = HeaderIs::kNoRecord;
  SpoolRecord record;
};

Header parse_header(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  Header header;
  auto& record = header.record;
  const auto magic = reader.read_u32_le();
  record.length = reader.read_u32_le();
  record.batch = reader.read_u64_le();
  record.hour = reader.read_u64_le();
  record.rows = reader.read_u32_le();
  const auto checksum = reader.read_u32_le();
  record.checksum = reader.read_u64_le();
  record.shard = reader.read_u32_le();
  const auto state = reader.read_u32_le();
  if (!reader.ok() || magic != kRecordMagic || checksum != header_checksum(bytes) ||
      record.length > kMostSpoolFrame)
    return header;
  record.done = state == kDone;
  header.is = record.done || state == kWaiting ? HeaderIs::kGood : HeaderIs::kOfNoState;
  return header;
}

}  // namespace

std::uint64_t spool_checksum(std::span<const std::byte> frame) {
  return ::XXH64(frame.data(), frame.size(), 0);
}

std::array<std::byte, kSpoolFileHeader> spool_file_header() {
  ByteWriter writer;
  writer.write_u32_le(kFileMagic);
  writer.write_u32_le(kFileVersion);
  return to_array<kSpoolFileHeader>(writer);
}

std::array<std::byte, 8> spool_record_state(std::uint32_t shard, bool done) {
  ByteWriter writer;
  writer.write_u32_le(shard);
  writer.write_u32_le(done ? kDone : kWaiting);
  return to_array<8>(writer);
}

std::array<std::byte, kSpoolRecordHeader> spool_record_header(const SpoolRecord& record) {
  ByteWriter writer;
  writer.write_u32_le(kRecordMagic);
  writer.write_u32_le(record.length);
  writer.write_u64_le(record.batch);
  writer.write_u64_le(record.hour);
  writer.write_u32_le(record.rows);
  writer.write_u32_le(header_checksum(writer.bytes()));
  writer.write_u64_le(record.checksum);
  writer.write_bytes(spool_record_state(record.shard, record.done));
  return to_array<kSpoolRecordHeader>(writer);
}

Result<SpoolScan> scan_segment(const ReadAt& read, std::uint64_t size, bool check_frames) {
  SpoolScan scan;
  // A file that ends inside its own header was being made when the program ended: it holds nothing.
  if (size < kSpoolFileHeader) return scan;
  const auto file_header = TRY(read_exactly(read, 0, kSpoolFileHeader));
  ByteReader reader(file_header);
  const auto magic = reader.read_u32_le();
  const auto version = reader.read_u32_le();
  if (magic != kFileMagic || version == 0)
    return failure(ErrorCode::kMalformed, "not a spool segment");
  if (version != kFileVersion)
    return failure(
        ErrorCode::kUnsupported,
        fmt::format("a spool segment of version {}: this Noroshi reads {}", version, kFileVersion));

  for (std::uint64_t at = kSpoolFileHeader; at < size;) {
    if (size - at < kSpoolRecordHeader) {
      ++scan.torn;
      break;
    }
    auto [is, record] = parse_header(TRY(read_exactly(read, at, kSpoolRecordHeader)));
    record.offset = at + kSpoolRecordHeader;
    // Without a length there is no way on.
    if (is == HeaderIs::kNoRecord || size - record.offset < record.length) {
      ++scan.torn;
      break;
    }
    at = record.offset + record.length;
    bool good = is == HeaderIs::kGood;
    if (good && check_frames && !record.done)
      good =
          spool_checksum(TRY(read_exactly(read, record.offset, record.length))) == record.checksum;
    if (good) {
      scan.records.push_back(record);
    } else if (at >= size) {
      ++scan.torn;
    } else {
      ++scan.damaged;
      scan.damaged_rows += record.rows;
    }
  }
  return scan;
}

}  // namespace noroshi
