#include "record/pcap.h"

#include <fmt/format.h>

#include <algorithm>

#include "record/ordered_reader.h"

namespace noroshi {
namespace {

constexpr std::size_t kFileHeaderLength = 24;
constexpr std::uint32_t kMicrosecondMagic = 0xa1b2c3d4;
constexpr std::uint32_t kNanosecondMagic = 0xa1b23c4d;
constexpr std::uint32_t kModifiedMagic = 0xa1b2cd34;
constexpr std::uint16_t kVersion = 2;
/// The upper bits of the link type field hold the length of the frame check sequence.
constexpr std::uint32_t kLinkTypeMask = 0x03ff'ffff;

/// Searched for the next record at a time: larger than any two records' reach.
constexpr std::size_t kSearchLength = std::size_t{1} << 20;
/// Records next to one another in a file lie closer than this in time.
constexpr std::uint32_t kLargestTimeStep = 7 * 86'400;

}  // namespace

std::optional<PcapReader::Format> PcapReader::read_magic(std::span<const std::byte> head) {
  for (const auto order : {std::endian::little, std::endian::big}) {
    OrderedReader reader(head, order);
    const auto magic = reader.read_u32();
    if (magic == kMicrosecondMagic) return Format{.order = order};
    if (magic == kNanosecondMagic) return Format{.order = order, .nanoseconds = true};
    if (magic == kModifiedMagic) return Format{.order = order, .modified = true};
  }
  return std::nullopt;
}

bool PcapReader::recognises(std::span<const std::byte> head) {
  return read_magic(head).has_value();
}

Result<std::unique_ptr<PcapReader>> PcapReader::open(Input input) {
  const auto header = TRY(input.take(kFileHeaderLength));
  auto format = read_magic(header);
  if (!format) return failure(ErrorCode::kMalformed, "not a pcap file");
  OrderedReader reader(header, format->order);
  reader.skip(4);
  const auto major = reader.read_u16();
  format->lengths_may_be_swapped = reader.read_u16() < 4;
  reader.skip(12);  // two fields that are always 0, snapshot length
  format->link = static_cast<LinkType>(reader.read_u32() & kLinkTypeMask);
  if (!reader.ok())
    return failure(ErrorCode::kTruncated, "the pcap file ends within its file header");
  if (major != kVersion)
    return failure(ErrorCode::kUnsupported,
                   fmt::format("pcap version {}; only version 2 is known", major));
  return std::unique_ptr<PcapReader>(new PcapReader(std::move(input), *format));
}

std::optional<PcapReader::Record> PcapReader::read_record(std::span<const std::byte> bytes) const {
  OrderedReader reader(bytes, format_.order);
  Record record;
  record.seconds = reader.read_u32();
  record.fraction = reader.read_u32();
  record.captured_length = reader.read_u32();
  record.original_length = reader.read_u32();
  reader.skip(format_.header_length() - 16);
  if (!reader.ok()) return std::nullopt;
  if (format_.lengths_may_be_swapped && record.captured_length > record.original_length)
    std::swap(record.captured_length, record.original_length);
  return record;
}

bool PcapReader::is_plausible(const Record& record) const {
  const auto step =
      std::max(record.seconds, last_seconds_) - std::min(record.seconds, last_seconds_);
  return record.captured_length <= kLargestPacket && record.captured_length > 0 &&
         record.original_length <= kLargestPacket &&
         record.fraction < (format_.nanoseconds ? 1'000'000'000u : 1'000'000u) &&
         (last_seconds_ == 0 || step <= kLargestTimeStep);
}

Result<bool> PcapReader::resynchronise() {
  const auto header_length = format_.header_length();
  std::size_t from = 1;  // where it stands now is known to be damaged
  while (true) {
    const auto bytes = TRY(input_.peek(kSearchLength));
    const bool at_end = bytes.size() < kSearchLength;
    const auto reach = 2 * header_length + kLargestPacket;
    const auto limit = at_end ? bytes.size() : bytes.size() - reach;
    std::size_t offset = from;
    for (; offset < limit; ++offset) {
      const auto record = read_record(bytes.subspan(offset));
      if (!record) break;
      if (!is_plausible(*record)) continue;
      const auto end = offset + header_length + record->captured_length;
      if (end == bytes.size()) break;
      if (end > bytes.size()) continue;
      const auto following = read_record(bytes.subspan(end));
      if (following && is_plausible(*following)) break;
    }
    const bool found = offset < limit && read_record(bytes.subspan(offset)).has_value();
    const auto skipped = found || !at_end ? offset : bytes.size();
    (void)TRY(input_.take(skipped));
    if (found) return true;
    if (at_end) return false;
    from = 0;
  }
}

Result<bool> PcapReader::recover(std::string_view otherwise, RecordingStatistics& statistics) {
  const auto from = input_.position();
  const bool found = TRY(resynchronise());
  statistics.count_damage(found ? "malformed_packet" : otherwise);
  statistics.count_damage("skipped_bytes", input_.position() - from);
  return found;
}

Result<std::optional<Packet>> PcapReader::next(RecordingStatistics& statistics) {
  while (true) {
    const auto header_length = format_.header_length();
    const auto header = TRY(input_.peek(header_length));
    if (header.empty()) return std::nullopt;
    const auto record = read_record(header);
    if (record && record->captured_length > kLargestPacket) {
      if (!TRY(recover("malformed_packet", statistics))) return std::nullopt;
      continue;
    }
    const auto length = header_length + (record ? record->captured_length : 0);
    if (!record || TRY(input_.peek(length)).size() < length) {
      if (!TRY(recover("truncated_packet", statistics))) return std::nullopt;
      continue;
    }
    const auto bytes = TRY(input_.take(length));
    last_seconds_ = record->seconds;
    const std::chrono::nanoseconds fraction{std::uint64_t{record->fraction} *
                                            (format_.nanoseconds ? 1 : 1000)};
    return Packet{.time = std::chrono::seconds(record->seconds) + fraction,
                  .link = format_.link,
                  .bytes = bytes.subspan(header_length),
                  .original_length = record->original_length};
  }
}

}  // namespace noroshi
