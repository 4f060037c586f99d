#include "record/pcapng.h"

#include <algorithm>
#include <cmath>

namespace noroshi {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;  // the same in either byte order
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kObsoletePacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;

constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::size_t kBlockHeaderLength = 8;
constexpr std::uint32_t kShortestBlock = 12;
constexpr std::uint32_t kShortestSection = 28;

constexpr std::size_t kSearchLength = std::size_t{1} << 16;

constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kTimeResolution = 9;
constexpr std::uint16_t kTimeOffset = 14;

/// Nanoseconds in a signed 64-bit count reach to April 2262.
constexpr std::int64_t kLastSecond = 9'223'372'035;

bool carries_packet(std::uint32_t type) {
  return type == kEnhancedPacket || type == kSimplePacket || type == kObsoletePacket;
}

bool is_known(std::uint32_t type) {
  return carries_packet(type) || type == kInterfaceDescription || type == kSectionHeader;
}

/// if_tsresol: 10 to the minus `value`, or 2 to the minus its lower bits when the highest is set.
/// 0 where the result does not fit.
std::uint64_t units_per_second(std::uint8_t value) {
  const auto exponent = value & 0x7f;
  if ((value & 0x80) != 0) return exponent < 64 ? std::uint64_t{1} << exponent : 0;
  if (exponent > 19) return 0;
  std::uint64_t units = 1;
  for (int i = 0; i < exponent; ++i) units *= 10;
  return units;
}

}  // namespace

bool PcapngReader::recognises(std::span<const std::byte> head) {
  ByteReader reader(head);
  const auto type = reader.read_u32();
  reader.skip(4);
  const auto magic = reader.read_u32();
  return reader.ok() && type == kSectionHeader &&
         (magic == kByteOrderMagic || byte_swap(magic) == kByteOrderMagic);
}

Result<std::unique_ptr<PcapngReader>> PcapngReader::open(Input input) {
  const auto head = TRY(input.peek(kShortestSection));
  if (!recognises(head)) return failure(ErrorCode::kMalformed, "not a pcapng file");
  if (head.size() < kShortestSection)
    return failure(ErrorCode::kTruncated, "the pcapng file ends within its section header");
  return std::unique_ptr<PcapngReader>(new PcapngReader(std::move(input)));
}

std::optional<PcapngReader::BlockHeader> PcapngReader::read_header(
    std::span<const std::byte> bytes) const {
  BlockHeader header{.order = order_};
  if (recognises(bytes))
    header.order =
        OrderedReader(bytes.subspan(kBlockHeaderLength), std::endian::little).read_u32() ==
                kByteOrderMagic
            ? std::endian::little
            : std::endian::big;
  OrderedReader reader(bytes, header.order);
  header.type = reader.read_u32();
  header.length = reader.read_u32();
  if (!reader.ok() || header.length < kShortestBlock || header.length > kLargestBlock ||
      header.length % 4 != 0)
    return std::nullopt;
  if (header.type == kSectionHeader && (header.length < kShortestSection || !recognises(bytes)))
    return std::nullopt;
  return header;
}

Result<std::optional<Packet>> PcapngReader::next(RecordingStatistics& statistics) {
  while (true) {
    const auto head = TRY(input_.peek(kShortestSection));
    if (head.empty()) return std::nullopt;
    const auto header = read_header(head);
    if (!header) {
      const bool cut_short = head.size() < kShortestBlock;
      if (!TRY(recover(cut_short ? "truncated_block" : "malformed_block", statistics)))
        return std::nullopt;
      continue;
    }
    if (!TRY(is_whole(*header))) {
      const bool cut_short = TRY(input_.peek(header->length)).size() < header->length;
      const bool packet = carries_packet(header->type);
      const auto* const otherwise = !cut_short ? "malformed_block"
                                    : packet   ? "truncated_packet"
                                               : "truncated_block";
      if (!TRY(recover(otherwise, statistics))) return std::nullopt;
      continue;
    }
    const auto block = TRY(input_.take(header->length));
    const OrderedReader body(block.subspan(kBlockHeaderLength, header->length - kShortestBlock),
                             header->order);
    if (header->type == kSectionHeader) {
      order_ = header->order;
      interfaces_.clear();
    } else if (header->type == kInterfaceDescription) {
      read_interface(body, statistics);
    } else if (carries_packet(header->type)) {
      if (const auto packet = read_packet(header->type, body, statistics)) return packet;
    }
  }
}

Result<bool> PcapngReader::is_whole(const BlockHeader& header) {
  const auto block = TRY(input_.peek(header.length));
  return block.size() == header.length &&
         OrderedReader(block.last(4), header.order).read_u32() == header.length;
}

Result<bool> PcapngReader::recover(std::string_view otherwise, RecordingStatistics& statistics) {
  const auto from = input_.position();
  const bool found = TRY(resynchronise());
  statistics.count_damage(found ? "malformed_block" : otherwise);
  statistics.count_damage("skipped_bytes", input_.position() - from);
  return found;
}

/// Blocks are multiples of four bytes. Only those of a known type are believed here: among damaged
/// bytes, any number is some type.
Result<bool> PcapngReader::resynchronise() {
  std::size_t skipped = 4;  // the block where it stands is known to be bad
  while (true) {
    (void)TRY(input_.take(skipped));
    const auto bytes = TRY(input_.peek(kSearchLength));
    if (bytes.size() < kShortestBlock) {
      (void)TRY(input_.take(bytes.size()));
      return false;
    }
    std::optional<BlockHeader> header;
    std::size_t offset = 0;
    for (; !header && offset + kShortestBlock <= bytes.size(); offset += 4) {
      const auto rest = bytes.subspan(offset);
      header = read_header(rest.first(std::min<std::size_t>(rest.size(), kShortestSection)));
      if (header && !is_known(header->type)) header.reset();
    }
    if (!header) {
      skipped = offset;
      continue;
    }
    // To the front, so that the whole of it can be seen whatever its length.
    (void)TRY(input_.take(offset - 4));
    if (TRY(is_whole(*header))) return true;
    skipped = 4;
  }
}

void PcapngReader::read_interface(OrderedReader body, RecordingStatistics& statistics) {
  Interface interface;
  interface.link = static_cast<LinkType>(body.read_u16());
  body.skip(2);
  interface.snapshot_length = body.read_u32();
  if (!body.ok()) {
    statistics.count_damage("malformed_block");
    return;
  }
  if (interfaces_.size() == kMostInterfaces) {
    statistics.count_damage("too_many_interfaces");
    return;
  }
  while (body.remaining() >= 4) {
    const auto code = body.read_u16();
    const std::size_t length = body.read_u16();
    if (code == kEndOfOptions) break;
    const auto value = body.read_bytes(length);
    body.skip((4 - length % 4) % 4);
    if (value.size() != length) break;  // an option beyond its block: keep what came before
    if (code == kTimeResolution && length == 1)
      interface.units_per_second = units_per_second(std::to_integer<std::uint8_t>(value[0]));
    if (code == kTimeOffset && length == 8) {
      interface.offset_seconds =
          static_cast<std::int64_t>(OrderedReader(value, body.order()).read_u64());
    }
  }
  interfaces_.push_back(interface);
}

std::chrono::nanoseconds PcapngReader::time_of(const Interface& interface, std::uint64_t units,
                                               RecordingStatistics& statistics) const {
  const auto per_second = interface.units_per_second;
  const auto seconds = per_second != 0 ? units / per_second : 0;
  std::int64_t since_epoch = 0;
  if (per_second == 0 || seconds > static_cast<std::uint64_t>(kLastSecond) ||
      __builtin_add_overflow(static_cast<std::int64_t>(seconds), interface.offset_seconds,
                             &since_epoch) ||
      since_epoch < 0 || since_epoch > kLastSecond) {
    statistics.count_damage("absurd_time");
    return std::chrono::nanoseconds{0};
  }
  // A double holds nine digits of any fraction exactly enough to be rounded to nanoseconds.
  const auto fraction = static_cast<double>(units % per_second) / static_cast<double>(per_second);
  return std::chrono::seconds(since_epoch) + std::chrono::nanoseconds(std::llround(fraction * 1e9));
}

std::optional<Packet> PcapngReader::read_packet(std::uint32_t type, OrderedReader body,
                                                RecordingStatistics& statistics) {
  std::size_t interface_number = 0;
  std::uint64_t units = 0;
  std::size_t captured_length = 0;
  Packet packet;
  if (type == kSimplePacket) {
    packet.original_length = body.read_u32();
  } else {
    if (type == kEnhancedPacket) {
      interface_number = body.read_u32();
    } else {
      interface_number = body.read_u16();
      body.skip(2);  // packets dropped
    }
    units = body.read_u32();
    units = units << 32 | body.read_u32();
    captured_length = body.read_u32();
    packet.original_length = body.read_u32();
  }
  if (!body.ok()) {
    statistics.count_damage("malformed_packet");
    return std::nullopt;
  }
  if (interface_number >= interfaces_.size()) {
    statistics.count_damage("unknown_interface");
    return std::nullopt;
  }
  const auto& interface = interfaces_[interface_number];
  if (type == kSimplePacket) {
    const auto limit = interface.snapshot_length;
    captured_length = std::min<std::size_t>(packet.original_length, body.remaining());
    if (limit != 0) captured_length = std::min<std::size_t>(captured_length, limit);
  }
  packet.bytes = body.read_bytes(captured_length);
  if (!body.ok() || captured_length > kLargestPacket) {
    statistics.count_damage("malformed_packet");
    return std::nullopt;
  }
  if (type != kSimplePacket) last_time_ = time_of(interface, units, statistics);
  packet.time = last_time_;
  packet.link = interface.link;
  return packet;
}

}  // namespace noroshi
