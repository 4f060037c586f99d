#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "decode/decoder.h"
#include "decode/lru_table.h"
#include "record/export_fragments.h"
#include "record/format.h"
#include "record/meter.h"
#include "record/packet_source.h"

namespace noroshi {

/// Captures, classic and next generation.
extern const RecordingFormat kPcap;
extern const RecordingFormat kPcapng;

/// A packet capture read as flows: what exporters in it say, and everything else metered.
///
/// A UDP datagram that has the shape of an export (looks_like_export), on any port, makes its
/// 4-tuple an exporter's. All its datagrams are then decoded, the exporter being the IP source and
/// the time of arrival the packet's; those that cannot be are counted as undecodable and never
/// metered. Fragmented exports are put together first; one that stays incomplete counts as damage,
/// "incomplete_export". Every other IP packet goes to the meter, whose rows come out as their flows
/// end; the last ones when the capture does. Packets without an IP header are `packets_ignored`.
///
/// Up to kMostExporterTuples are remembered, the longest unused giving way; the others are decided
/// datagram by datagram.
class Capture final : public Recording {
 public:
  static constexpr std::size_t kMostExporterTuples = 65'536;
  static constexpr std::size_t kMostFlows = 262'144;

  Capture(std::unique_ptr<PacketSource> source, std::string format,
          const RecordingOptions& options);

  std::string format() const override { return format_; }
  Result<bool> read(FlowBatch& batch) override;
  const RecordingStatistics& statistics() const override { return statistics_; }
  std::uint64_t consumed() const override { return source_->input().consumed(); }
  std::uint64_t total() const override { return source_->input().total(); }

 private:
  struct Tuple {
    IpAddress source;
    IpAddress destination;
    std::uint32_t ports = 0;
    friend bool operator==(const Tuple&, const Tuple&) = default;
  };
  struct TupleHash {
    std::uint64_t seed = 0;
    std::size_t operator()(const Tuple& tuple) const;
  };

  void take(const Packet& packet, FlowBatch& batch);
  /// Decodes the packet if it belongs to an exporter; else false.
  bool take_export(const Packet& packet, const PacketHeaders& headers, FlowBatch& batch);
  [[nodiscard]] bool is_exporter(const PacketHeaders& headers, std::span<const std::byte> payload);
  void decode(const PacketHeaders& headers, std::uint16_t source_port, const Packet& packet,
              std::span<const std::byte> payload, FlowBatch& batch);
  void meter(const Packet& packet, PacketHeaders headers, FlowBatch& batch);
  /// Moves rows of flows that the end of the capture ended.
  void take_last_rows(FlowBatch& batch);
  void count();

  std::unique_ptr<PacketSource> source_;
  std::string format_;
  Decoder decoder_;
  Meter meter_;
  LruTable<Tuple, bool, TupleHash> exporters_;
  ExportFragments fragments_;
  RecordingStatistics statistics_;
  bool ended_ = false;
  FlowBatch last_rows_{1};
  std::size_t last_rows_taken_ = 0;
};

}  // namespace noroshi
