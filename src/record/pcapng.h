#pragma once

#include <bit>
#include <memory>
#include <vector>

#include "record/ordered_reader.h"
#include "record/packet_source.h"

namespace noroshi {

/// Reads pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, any number of interfaces
/// with their own link types and clocks, enhanced, simple and the obsolete packet blocks. Other
/// blocks are stepped over. A simple packet block states no time: it has that of the packet before.
///
/// Damage: a block whose two lengths are absurd, differ, or reach beyond the file is a
/// "malformed_block" if there is a place behind it where a block's lengths agree: reading goes on
/// there, and what lies between is in "skipped_bytes".
/// A packet that contradicts its block is a "malformed_packet", one of an interface that is not
/// described an "unknown_interface", one dated outside 1970–2262 an "absurd_time" (it is kept, with
/// time 0). Without another behind it, a block that the file does not hold whole is a
/// "truncated_packet" or "truncated_block".
class PcapngReader final : public PacketSource {
 public:
  /// Far above what any writer makes; keeps a claimed length from exhausting memory.
  static constexpr std::uint32_t kLargestBlock = std::uint32_t{16} << 20;
  static constexpr std::size_t kMostInterfaces = 65'536;

  [[nodiscard]] static bool recognises(std::span<const std::byte> head);
  [[nodiscard]] static Result<std::unique_ptr<PcapngReader>> open(Input input);

  Result<std::optional<Packet>> next(RecordingStatistics& statistics) override;
  const Input& input() const override { return input_; }

 private:
  struct Interface {
    LinkType link = LinkType::kEthernet;
    std::uint32_t snapshot_length = 0;  ///< 0 = unlimited
    std::uint64_t units_per_second = 1'000'000;
    std::int64_t offset_seconds = 0;
  };
  struct BlockHeader {
    std::uint32_t type = 0;
    std::uint32_t length = 0;  ///< of the whole block
    std::endian order = std::endian::little;
  };

  explicit PcapngReader(Input input) : input_(std::move(input)) {}

  /// Nullopt when `bytes` cannot begin a block.
  [[nodiscard]] std::optional<BlockHeader> read_header(std::span<const std::byte> bytes) const;
  /// Whether the input holds all of the block at its front, and the length behind it agrees.
  Result<bool> is_whole(const BlockHeader& header);
  /// Consumes input up to the next block that can be believed, or to the end and returns false.
  Result<bool> resynchronise();
  /// Resynchronises and counts: `otherwise` is what it was when no such block follows.
  Result<bool> recover(std::string_view otherwise, RecordingStatistics& statistics);
  void read_interface(OrderedReader body, RecordingStatistics& statistics);
  std::optional<Packet> read_packet(std::uint32_t type, OrderedReader body,
                                    RecordingStatistics& statistics);
  [[nodiscard]] std::chrono::nanoseconds time_of(const Interface& interface, std::uint64_t units,
                                                 RecordingStatistics& statistics) const;

  Input input_;
  std::endian order_ = std::endian::little;
  std::vector<Interface> interfaces_;
  std::chrono::nanoseconds last_time_{0};
};

}  // namespace noroshi
