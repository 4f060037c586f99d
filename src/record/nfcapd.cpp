#include "record/nfcapd.h"

#include <fmt/format.h>

#include <array>

#include "base/byte_reader.h"
#include "encode/nfcapd_format.h"
#include "record/nfcapd_block.h"
#include "record/nfcapd_exporters.h"
#include "record/nfcapd_flow16.h"
#include "record/nfcapd_flow17.h"

namespace noroshi {
namespace {

using namespace nfcapd;
using Bytes = std::span<const std::byte>;

constexpr std::uint16_t kNewestLayout = 15;  // beyond any that exists: not our file
constexpr std::uint16_t kBlock15 = 1;        // nfdump 1.5

struct Header {
  NfcapdLayout layout = NfcapdLayout::k17;
  NfcapdCompression compression = NfcapdCompression::kNone;
  std::uint64_t blocks = 0;  // as the header counts them; 0 when the file was never finished
};

bool recognises_nfcapd(Bytes head) {
  if (head.size() < 4) return false;
  const auto is_ours = [](std::uint16_t magic, std::uint16_t layout) {
    return magic == kMagic && layout >= 1 && layout <= kNewestLayout;
  };
  return is_ours(load_little_endian<std::uint16_t>(head.data()),
                 load_little_endian<std::uint16_t>(head.data() + 2)) ||
         is_ours(load_big_endian<std::uint16_t>(head.data()),
                 load_big_endian<std::uint16_t>(head.data() + 2));
}

Result<Header> read_header16(Bytes bytes) {
  ByteReader reader(bytes);
  reader.skip(4);
  const auto flags = reader.read_u32_le();
  Header header{.layout = NfcapdLayout::k16, .blocks = reader.read_u32_le()};
  if ((flags & kFileLzo) != 0)
    header.compression = NfcapdCompression::kLzo;
  else if ((flags & kFileBzip2) != 0)
    header.compression = NfcapdCompression::kBzip2;
  else if ((flags & kFileLz4) != 0)
    header.compression = NfcapdCompression::kLz4;
  return header;
}

Result<Header> read_header17(Bytes bytes) {
  ByteReader reader(bytes);
  reader.skip(16);
  const unsigned compression = reader.read_u8();
  const unsigned encryption = reader.read_u8();
  reader.skip(18);  // the appendix's blocks, creator, place of the appendix, block size
  const std::uint64_t blocks = reader.read_u32_le();
  if (encryption != 0)
    return failure(ErrorCode::kUnsupported, "is an encrypted nfcapd file, which we cannot read");
  if (compression > static_cast<unsigned>(NfcapdCompression::kZstandard))
    return failure(ErrorCode::kUnsupported,
                   fmt::format("is an nfcapd file with the unknown compression {}", compression));
  return Header{.layout = NfcapdLayout::k17,
                .compression = static_cast<NfcapdCompression>(compression),
                .blocks = blocks};
}

Result<Header> read_header(Input& input) {
  const auto magic = TRY(input.peek(4));
  if (load_little_endian<std::uint16_t>(magic.data()) != kMagic)
    return failure(
        ErrorCode::kUnsupported,
        "is an nfcapd file from a big-endian host; rewrite it there with nfdump -r -w, or "
        "export it again");
  const auto layout = load_little_endian<std::uint16_t>(magic.data() + 2);
  if (layout > 2)
    return failure(
        ErrorCode::kUnsupported,
        fmt::format("is an nfcapd file of layout {}; we read 1 (nfdump 1.6) and 2 (1.7)", layout));
  const auto length = layout == 1 ? kHeader16 + kStatistics16 : kHeader17;
  const auto bytes = TRY(input.take(length));
  if (bytes.size() < length)
    return failure(ErrorCode::kTruncated, "is an nfcapd file that ends within its header");
  return layout == 1 ? read_header16(bytes) : read_header17(bytes);
}

std::string_view name_of(NfcapdCompression compression) {
  constexpr std::array<std::string_view, 5> kNames{"none", "lzo", "bz2", "lz4", "zstd"};
  return kNames[static_cast<std::size_t>(compression)];
}

class NfcapdRecording final : public Recording {
 public:
  NfcapdRecording(Input input, const Header& header, const RecordingOptions& options)
      : input_(std::move(input)), header_(header), options_(options) {}

  std::string format() const override {
    return fmt::format("nfcapd {} ({})", header_.layout == NfcapdLayout::k16 ? "1.6" : "1.7",
                       name_of(header_.compression));
  }

  Result<bool> read(FlowBatch& batch) override {
    batch.clear();
    while (batch.size() < kRowsPerRead) {
      if (records_.empty()) {
        if (!TRY(next_block())) break;
        continue;
      }
      next_record(batch);
    }
    count(batch);
    return !batch.empty();
  }

  const RecordingStatistics& statistics() const override { return statistics_; }
  std::uint64_t consumed() const override { return input_.consumed(); }
  std::uint64_t total() const override { return input_.total(); }

 private:
  /// Makes the records of the next block ready; false at the end of the file.
  Result<bool> next_block() {
    if (ended_) return false;
    const auto bytes = TRY(input_.take(kBlockHeader));
    if (bytes.empty()) return end();
    ByteReader reader(bytes);
    reader.skip(4);  // number of records: their lengths say it as well
    const std::size_t size = reader.read_u32_le();
    const auto type = reader.read_u16_le();
    const auto flags = reader.read_u16_le();
    ++blocks_;
    if (!reader.ok()) return end("truncated_block");
    if (size > NfcapdBlock::kLargest) return end("oversized_block");
    const auto block = TRY(input_.take(size));
    if (block.size() < size) statistics_.count_damage("truncated_block");
    if (!holds_records(type)) {
      if (type == kBlock15) statistics_.count_damage("unsupported_block");
      return true;
    }
    const auto compression =
        (flags & kBlockUncompressed) != 0 ? NfcapdCompression::kNone : header_.compression;
    const auto content = decompressor_.decompress(compression, block);
    if (!content.whole && block.size() == size) statistics_.count_damage("damaged_block");
    records_ = content.records;
    block_is_whole_ = content.whole && block.size() == size;
    return true;
  }

  [[nodiscard]] bool holds_records(std::uint16_t type) const {
    // In layout 1, type 3 holds histograms, 4 a catalogue; in layout 2, 4 holds lookup tables.
    return type == kBlockOfRecords16 ||
           (type == kBlockOfRecords17 && header_.layout == NfcapdLayout::k17);
  }

  bool end(std::string_view damage = {}) {
    ended_ = true;
    if (!damage.empty()) statistics_.count_damage(damage);
    if (damage.empty() && blocks_ < header_.blocks)
      statistics_.count_damage("missing_blocks", header_.blocks - blocks_);
    return false;
  }

  void next_record(FlowBatch& batch) {
    ByteReader reader(records_);
    const auto type = reader.read_u16_le();
    const std::size_t size = reader.read_u16_le();
    if (!reader.ok() || size < 4 || size > records_.size()) {
      // A block already known to be cut short ends in the middle of a record by nature.
      if (block_is_whole_) statistics_.count_damage("damaged_block");
      records_ = {};
      return;
    }
    const auto record = records_.first(size);
    records_ = records_.subspan(size);
    if (!read_record(type, record, batch)) statistics_.count_damage("damaged_record");
  }

  bool read_record(std::uint16_t type, Bytes record, FlowBatch& batch) {
    switch (type) {
      case kFlow17:
        return append_nfcapd_flow17(record, exporters_, options_.default_sampling_rate, batch);
      case kFlow16:
      case kNarrowFlow16: {
        const auto outcome = flows16_.append(record, type == kNarrowFlow16, exporters_,
                                             options_.default_sampling_rate, batch);
        if (outcome == NfcapdFlowReader16::Outcome::kUnknownMap)
          statistics_.count_damage("unknown_extension_map");
        return outcome != NfcapdFlowReader16::Outcome::kDamaged;
      }
      case kExtensionMap:
        return flows16_.read_map(record);
      case kExporterInfo:
        return exporters_.read_exporter(record);
      case kSampler16:
        return exporters_.read_sampler16(record);
      case kSampler17:
        return exporters_.read_sampler17(record);
      default:
        return true;  // statistics, names, histograms: nothing of a flow
    }
  }

  void count(const FlowBatch& batch) {
    statistics_.decode.records += batch.size();
    std::uint64_t events = 0;
    for (const auto kind : batch.kind())
      if (kind == static_cast<std::uint8_t>(FlowKind::kEvent)) ++events;
    statistics_.decode.events += events;
    statistics_.decode.flows += batch.size() - events;
    for (const auto& exporter : batch.exporter()) {
      if (exporter.is_none() || exporter == last_exporter_) continue;
      last_exporter_ = exporter;
      statistics_.add_exporter(exporter);
    }
  }

  Input input_;
  Header header_;
  RecordingOptions options_;
  NfcapdBlock decompressor_;
  NfcapdExporters exporters_;
  NfcapdFlowReader16 flows16_;
  Bytes records_;  // of the block in hand, not yet read; in input_ or in decompressor_
  bool block_is_whole_ = true;
  bool ended_ = false;
  std::uint64_t blocks_ = 0;
  IpAddress last_exporter_;
  RecordingStatistics statistics_;
};

Result<std::unique_ptr<Recording>> open_nfcapd(Input input, const RecordingOptions& options) {
  const auto header = TRY(read_header(input));
  return std::make_unique<NfcapdRecording>(std::move(input), header, options);
}

}  // namespace

const RecordingFormat kNfcapd{recognises_nfcapd, open_nfcapd};

}  // namespace noroshi
