#include "encode/nfcapd.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/byte_writer.h"
#include "encode/nfcapd_compress.h"
#include "encode/nfcapd_records.h"
#include "net/endpoint.h"

namespace noroshi {

using namespace nfcapd;

namespace {

constexpr std::size_t kIdentLength = 128;
constexpr std::uint32_t kWrittenBy17 = 0x01070100;  // read by nfdump as 1.7.1
constexpr std::uint16_t kAddressFamilyV4 = 2;
constexpr std::uint16_t kAddressFamilyV6 = 10;
constexpr std::uint64_t kGenericSampler = ~std::uint64_t{0};  // -1: one for all of an exporter

/// The sums that both layouts keep: in all, and by protocol.
class Sums {
 public:
  void add(const NfcapdRow& flow) {
    const auto kind = kind_of(flow.batch.protocol()[flow.row]);
    ++flows_[kind];
    bytes_[kind] += flow.bytes;
    packets_[kind] += flow.packets;
    const auto first = flow.batch.first()[flow.row];
    if (first != 0 && (first_ == 0 || first < first_)) first_ = first;
    last_ = std::max(last_, flow.batch.last()[flow.row]);
  }

  void write(ByteWriter& out, NfcapdLayout layout) const {
    for (const auto* counts : {&flows_, &bytes_, &packets_}) out.write_u64_le(total(*counts));
    for (const auto* counts : {&flows_, &bytes_, &packets_})
      for (const auto count : *counts) out.write_u64_le(count);
    if (layout == NfcapdLayout::k17) {
      out.write_u64_le(first_);
      out.write_u64_le(last_);
      out.write_u64_le(0);  // sequence failures
      return;
    }
    out.write_u32_le(static_cast<std::uint32_t>(first_ / 1000));
    out.write_u32_le(static_cast<std::uint32_t>(last_ / 1000));
    out.write_u16_le(static_cast<std::uint16_t>(first_ % 1000));
    out.write_u16_le(static_cast<std::uint16_t>(last_ % 1000));
    out.write_u32_le(0);  // sequence failures
  }

 private:
  using Counts = std::array<std::uint64_t, 4>;  // TCP, UDP, ICMP, other

  static std::size_t kind_of(std::uint8_t protocol) {
    if (protocol == kTcp.value) return 0;
    if (protocol == kUdp.value) return 1;
    return protocol == kIcmp.value || protocol == kIcmpV6.value ? 2 : 3;
  }
  static std::uint64_t total(const Counts& counts) {
    return counts[0] + counts[1] + counts[2] + counts[3];
  }

  Counts flows_{};
  Counts bytes_{};
  Counts packets_{};
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace

class NfcapdWriter::Implementation {
 public:
  explicit Implementation(Config config)
      : config_(std::move(config)), flows16_(config_.narrow_exporter_numbers) {
    config_.ident.resize(std::min(config_.ident.size(), kIdentLength - 1));
  }

  void add(const FlowBatch& batch) {
    for (std::size_t row = 0; row < batch.size(); ++row) {
      const NfcapdRow flow(batch, row);
      const auto exporter = number_of(batch.exporter()[row], batch.observation_domain_id()[row]);
      announce_sampling(exporter, batch.sampling_rate()[row]);
      if (config_.layout == NfcapdLayout::k17) {
        write_nfcapd_flow17(block_, flow, exporter);
        ++block_records_;
      } else {
        block_records_ += flows16_.write(block_, flow, exporter);
      }
      sums_.add(flow);
      if (block_.size() >= config_.block_size) end_block();
    }
  }

  std::vector<std::byte> finish() {
    if (block_.size() > 0) end_block();
    return config_.layout == NfcapdLayout::k17 ? file17() : file16();
  }

 private:
  /// Beyond what the records can number, exporters share the last number.
  std::uint16_t number_of(const IpAddress& address, std::uint32_t domain) {
    const std::size_t most = config_.narrow_exporter_numbers ? 0xff : 0xffff;
    const auto key = std::pair(address, domain);
    const auto known = exporters_.find(key);
    if (known != exporters_.end()) return known->second;
    const auto number = static_cast<std::uint16_t>(std::min(exporters_.size() + 1, most));
    if (exporters_.size() >= most) return number;
    exporters_.emplace(key, number);
    block_.write_u16_le(kExporterInfo);
    block_.write_u16_le(32);
    block_.write_u32_le(10);  // the protocol's version: IPFIX
    if (address.is_v4() || address.is_none()) {
      block_.write_zeros(8);
      block_.write_u32_le(address.is_none() ? 0 : address.v4());
      block_.write_zeros(4);
    } else {
      write_nfcapd_address6(block_, address);
    }
    block_.write_u16_le(address.is_v4() || address.is_none() ? kAddressFamilyV4 : kAddressFamilyV6);
    block_.write_u16_le(number);
    block_.write_u32_le(domain);
    ++block_records_;
    return number;
  }

  void announce_sampling(std::uint16_t exporter, std::uint32_t rate) {
    auto& announced = announced_rates_[exporter];
    if (rate == 0 || announced == rate) return;
    announced = rate;
    ++block_records_;
    if (config_.layout == NfcapdLayout::k17) {
      block_.write_u16_le(kSampler17);
      block_.write_u16_le(24);
      block_.write_u16_le(exporter);
      block_.write_u16_le(1);  // algorithm
      block_.write_u64_le(kGenericSampler);
      block_.write_u32_le(1);         // packets taken
      block_.write_u32_le(rate - 1);  // packets passed over
    } else {
      block_.write_u16_le(kSampler16);
      block_.write_u16_le(16);
      block_.write_u32_le(static_cast<std::uint32_t>(kGenericSampler));
      block_.write_u32_le(rate);
      block_.write_u16_le(1);  // algorithm
      block_.write_u16_le(exporter);
    }
  }

  void end_block() {
    const bool layout17 = config_.layout == NfcapdLayout::k17;
    const auto records = nfcapd_compress(config_.compression, block_.bytes());
    write_block_header(blocks_, block_records_, records.size(),
                       layout17 ? kBlockOfRecords17 : kBlockOfRecords16);
    blocks_.write_bytes(records);
    ++block_count_;
    block_.clear();
    block_records_ = 0;
  }

  static void write_block_header(ByteWriter& out, std::uint32_t records, std::size_t size,
                                 std::uint16_t type) {
    out.write_u32_le(records);
    out.write_u32_le(static_cast<std::uint32_t>(size));
    out.write_u16_le(type);
    out.write_u16_le(0);  // compressed as the file header says
  }

  std::vector<std::byte> file16() {
    ByteWriter file;
    file.write_u16_le(kMagic);
    file.write_u16_le(static_cast<std::uint16_t>(NfcapdLayout::k16));
    std::uint32_t flags = 0;
    if (config_.compression == NfcapdCompression::kLzo) flags = kFileLzo;
    if (config_.compression == NfcapdCompression::kBzip2) flags = kFileBzip2;
    if (config_.compression == NfcapdCompression::kLz4) flags = kFileLz4;
    file.write_u32_le(flags);
    file.write_u32_le(block_count_);
    file.write_bytes(std::as_bytes(std::span(config_.ident)));
    file.write_zeros(kIdentLength - config_.ident.size());
    sums_.write(file, NfcapdLayout::k16);
    file.write_bytes(blocks_.bytes());
    return file.take();
  }

  std::vector<std::byte> file17() {
    ByteWriter file;
    file.write_u16_le(kMagic);
    file.write_u16_le(static_cast<std::uint16_t>(NfcapdLayout::k17));
    file.write_u32_le(kWrittenBy17);
    file.write_u64_le(to_unix_milliseconds(config_.created) / 1000);
    file.write_u8(static_cast<std::uint8_t>(config_.compression));
    file.write_u8(0);      // not encrypted
    file.write_u16_le(1);  // appendix blocks
    file.write_u32_le(0);  // creator: none of nfdump's own programs
    file.write_u64_le(kHeader17 + blocks_.size());
    file.write_u32_le(0);  // block size: the reader's own
    file.write_u32_le(block_count_);
    file.write_bytes(blocks_.bytes());

    ByteWriter appendix;
    appendix.write_u16_le(kIdent);
    appendix.write_u16_le(static_cast<std::uint16_t>(config_.ident.size() + 5));
    appendix.write_bytes(std::as_bytes(std::span(config_.ident)));
    appendix.write_u8(0);
    appendix.write_u16_le(kStatistics);
    appendix.write_u16_le(4 + 18 * 8);
    sums_.write(appendix, NfcapdLayout::k17);
    const auto records = nfcapd_compress(config_.compression, appendix.bytes());
    write_block_header(file, 2, records.size(), kBlockOfRecords17);
    file.write_bytes(records);
    return file.take();
  }

  Config config_;
  NfcapdFlows16 flows16_;
  std::map<std::pair<IpAddress, std::uint32_t>, std::uint16_t> exporters_;
  std::map<std::uint16_t, std::uint32_t> announced_rates_;
  Sums sums_;
  ByteWriter block_;
  std::uint32_t block_records_ = 0;
  ByteWriter blocks_;
  std::uint32_t block_count_ = 0;
};

Result<NfcapdWriter> NfcapdWriter::create(Config config) {
  if (config.layout == NfcapdLayout::k16 && config.compression == NfcapdCompression::kZstandard)
    return failure(ErrorCode::kInvalidArgument,
                   "nfcapd files of layout 1 (nfdump 1.6) cannot be compressed with zstd");
  // nfdump reads a block into a buffer of a few MiB.
  config.block_size = std::clamp(config.block_size, std::size_t{1}, std::size_t{1} << 20);
  return NfcapdWriter(std::make_unique<Implementation>(std::move(config)));
}

NfcapdWriter::NfcapdWriter(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
NfcapdWriter::~NfcapdWriter() = default;
NfcapdWriter::NfcapdWriter(NfcapdWriter&&) noexcept = default;
NfcapdWriter& NfcapdWriter::operator=(NfcapdWriter&&) noexcept = default;

void NfcapdWriter::add(const FlowBatch& batch) { implementation_->add(batch); }
std::vector<std::byte> NfcapdWriter::finish() { return implementation_->finish(); }

}  // namespace noroshi
